// node messages.mjs: prints proto/spec/vectors/scope-messages.json, texts, sign-ins, digests and authorisations.
import { hashMessage, keccak256, serializeTransaction, stringToHex } from "viem";
import { createSiweMessage } from "viem/siwe";
import { file } from "./canonical.mjs";
import { alice, allowed, bob, call, denied, now, other, token } from "./payloads.mjs";

const scope = {
  version: 1,
  chains: ["1"],
  permissions: [
    {
      name: "quote",
      kind: "message",
      template: "Quote {id}: {side} {amount} USDC at {time}\nRef {ref}",
      holes: [
        { name: "id", type: "bytes", length: 4 },
        { name: "side", type: "choice", values: ["buy", "sell"] },
        { name: "amount", type: "uint", min: "1", max: "1000" },
        { name: "time", type: "time", past_seconds: 60, future_seconds: 5 },
        { name: "ref", type: "text", alphabet: "alphanumeric", max_length: 16 },
      ],
      constraints: [{ path: "side", op: "eq", value: "sell" }],
      meters: [{ budget: "usdc", path: "amount" }],
    },
    {
      name: "login",
      kind: "sign_in",
      domains: ["desk.example"],
      origins: ["https://desk.example"],
      chains: ["1"],
      statement: "Sign in to trade.",
      max_lifetime_seconds: 600,
      resources: ["https://desk.example/terms"],
    },
    { name: "any", kind: "raw_digest" },
    {
      name: "upgrade",
      kind: "call",
      targets: [token],
      function: "f()",
      authorizations: [{ address: other }, { address: bob, chain: "0" }],
      max_authorizations: 2,
    },
  ],
  budgets: [{ name: "usdc", unit: "USDC base units", limit: "1000000", window: "lifetime", per: "session" }],
  max_signatures: 10,
};

const session = { address: alice, not_after: now + 3600 };
const text = (message) => ({ session, message, digest: hashMessage(message) });
const quote = ({ id = "0xc0ffee00", side = "sell", amount = "17", time = "2023-11-14T22:13:20Z", ref = "A7" } = {}) =>
  text(`Quote ${id}: ${side} ${amount} USDC at ${time}\nRef ${ref}`);
const time = (seconds) => new Date((now + seconds) * 1000);
const siwe = (overrides = {}) =>
  createSiweMessage({
    address: alice,
    chainId: 1,
    domain: "desk.example",
    nonce: "32891757",
    uri: "https://desk.example/login",
    version: "1",
    statement: "Sign in to trade.",
    issuedAt: time(0),
    expirationTime: time(600),
    ...overrides,
  });
const signIn = (overrides, change = (message) => message) => text(change(siwe(overrides)));
const carrying = (...list) => ({
  transaction: serializeTransaction({
    type: "eip7702",
    chainId: 1,
    nonce: 7,
    gas: 300_000n,
    maxFeePerGas: 30_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    to: token,
    data: call("f()"),
    authorizationList: list.map(([chainId, address]) => ({ chainId, address, nonce: 3, r: keccak256("0x01"), s: keccak256("0x02"), yParity: 1 })),
  }),
});

const refused = (name, payload, rule, observed, limit) => denied(name, payload, "MessageNotAllowed", `permissions${rule}`, observed, limit);
const unread = (name, payload, observed) => ({ name, now, ...payload, undecodable: observed });

const vectors = [
  allowed("a text that follows the template", quote(), 0, { usdc: "17" }),
  allowed("the most and the latest", quote({ amount: "1000", time: "2023-11-14T22:13:25Z", ref: "0123456789abcdEF" }), 0, { usdc: "1000" }),
  denied("a constraint on a hole", quote({ side: "buy" }), "ConstraintUnmet", "permissions[0].constraints[0]", '"buy"', "side = sell"),
  refused("a number with a leading zero", quote({ amount: "017" }), "[0].template", 'at byte 23: "017 USDC at 2023-11-14T22:13:20Z\\u000aRef A7"', '" ", amount: a number from 1 to 1000'),
  refused("a number above its most", quote({ amount: "1001" }), "[0].template", 'at byte 23: "1001 USDC at 2023-11-14T22:13:20Z\\u000aRef A7"', '" ", amount: a number from 1 to 1000'),
  refused("a text that ends too early", text("Quote 0xc0ffee00"), "[0].template", "the end at byte 16", '": ", side: one of buy, sell'),
  refused("a text that goes on", quote({ ref: "A7\n" }), "[0].template", 'at byte 61: "\\u000a"', "the end of the message"),
  refused("a run that is too long", quote({ ref: "0123456789abcdefg" }), "[0].template", 'at byte 59: "0123456789abcdefg"', '"\\u000aRef ", ref: 1 to 16 characters of the alphabet alphanumeric'),
  allowed("a sign-in", signIn(), 1),
  allowed("a sign-in with its resource", signIn({ resources: ["https://desk.example/terms"] }), 1),
  refused("a sign-in of another domain", signIn({ domain: "evil.example" }), "[1].domains", "evil.example", "desk.example"),
  refused("a sign-in of somebody else", signIn({ address: bob }), "[1]", bob, `the session's address ${alice}`),
  refused("a sign-in elsewhere", signIn({ uri: "https://desk.example.evil.example/" }), "[1].origins", "https://desk.example.evil.example/", "https://desk.example"),
  refused("a sign-in on another chain", signIn({ chainId: 10 }), "[1].chains", "10", "1"),
  refused("a sign-in without statement", signIn({ statement: undefined }), "[1].statement", "no statement", "Sign in to trade."),
  refused("a sign-in without end", signIn({ expirationTime: undefined }), "[1].max_lifetime_seconds", "no expiration time", `an expiration time after ${now} and not after ${now + 600}, and not_before before it`),
  refused("a sign-in issued long ago", signIn({ issuedAt: time(-61) }), "[1].issued_within_seconds", "2023-11-14T22:12:19.000Z", `within 60 s of ${now}`),
  refused("a sign-in for more", signIn({ resources: ["https://desk.example/all"] }), "[1].resources", "https://desk.example/all", "https://desk.example/terms"),
  unread("a sign-in with a line more", signIn({}, (message) => message.replace("trade.", "trade.\nAll of it.")), "uri: no empty line before it"),
  unread("a sign-in in another case", signIn({}, (message) => message.replace("wants", "Wants")), 'domain: not a domain in lower case before "wants you to sign in with your Ethereum account:"'),
  unread("a text that turns", text("Quote \u202e"), "message: U+202E at byte 6, which a reader does not see"),
  allowed("a digest", { digest: keccak256(stringToHex("anything")) }, 2),
  allowed("two authorisations", carrying([1, other], [0, bob]), 3),
  denied("three authorisations", carrying([1, other], [1, other], [1, other]), "FeatureNotAllowed", "permissions[3].authorizations", "3 EIP-7702 authorisations", `at most 2: ${other} on chain of the transaction, ${bob} on chain 0`),
  denied("an authorisation for every chain", carrying([0, other]), "FeatureNotAllowed", "permissions[3].authorizations", `EIP-7702 authorisation of ${other} on chain 0`, `at most 2: ${other} on chain of the transaction, ${bob} on chain 0`),
];

process.stdout.write(file("Sign-ins made, texts hashed and transactions serialised by viem 2.57.20: tests/Interop/Scopes/messages.mjs.", scope, vectors));
