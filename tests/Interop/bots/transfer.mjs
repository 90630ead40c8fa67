// Prints an unsigned EIP-1559 transfer of USDC on Ethereum, made by viem, as 0x and hexadecimal.
//   node transfer.mjs CONTRACT RECIPIENT AMOUNT NONCE
import { encodeFunctionData, parseAbi, serializeTransaction } from 'viem';

const [to, recipient, amount, nonce] = process.argv.slice(2);
const abi = parseAbi(['function transfer(address to, uint256 amount)']);
console.log(
  serializeTransaction({
    type: 'eip1559',
    chainId: 1,
    nonce: Number(nonce),
    gas: 60_000n,
    maxFeePerGas: 30_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    to,
    value: 0n,
    data: encodeFunctionData({ abi, functionName: 'transfer', args: [recipient, BigInt(amount)] }),
  }),
);
