namespace SessionSigner.Ethereum;

/// <summary>Reads the fields of a transaction in order. The first fault is kept and everything after it reads as zero, so callers check once, at the end.</summary>
internal ref struct TransactionFields(RlpReader items)
{
    private RlpReader _items = items;

    public string Fault { get; private set; } = "";

    public readonly int Position => _items.Position;

    public readonly bool IsAtEnd => _items.IsAtEnd;

    public UInt256 ChainId()
    {
        var chainId = Integer("chain_id");
        if (chainId.IsZero)
        {
            Fail("chain_id", "0 is no chain");
        }
        return chainId;
    }

    // SPEC: EIP-2681 "consider any transaction invalid, where the nonce exceeds or is equal to 2^64-1".
    public UInt256 Nonce()
    {
        var nonce = Integer("nonce", bitsMax: 64);
        if (nonce == (UInt256)ulong.MaxValue)
        {
            Fail("nonce", "2^64-1 is out of range");
        }
        return nonce;
    }

    public UInt256 Integer(string field, int bitsMax = 256)
    {
        if (_items.TryReadInteger(bitsMax, out var value))
        {
            return value;
        }
        Fail(field, bitsMax == 64 ? "not a canonical integer of at most 64 bits" : "not a canonical integer of at most 256 bits");
        return default;
    }

    public void Zero(string field)
    {
        if (!Integer(field).IsZero)
        {
            Fail(field, "not 0: the transaction looks signed");
        }
    }

    public Address? To(bool mayBeEmpty)
    {
        if (_items.TryReadString(out var bytes) && (bytes.Length == Address.Size || (bytes.IsEmpty && mayBeEmpty)))
        {
            return bytes.IsEmpty ? null : new Address(bytes);
        }
        Fail("to", mayBeEmpty ? "not 20 bytes or none" : "not 20 bytes");
        return null;
    }

    public Range Bytes(string field)
    {
        if (_items.TryReadString(out var bytes))
        {
            return (_items.Position - bytes.Length).._items.Position;
        }
        Fail(field, "not an RLP string");
        return default;
    }

    /// <summary>Number of addresses.</summary>
    public int AccessList()
    {
        const string Field = "access_list";
        var count = 0;
        if (!_items.TryReadList(out var entries))
        {
            Fail(Field, "not a list");
        }
        while (Fault.Length == 0 && !entries.IsAtEnd)
        {
            if (
                !entries.TryReadList(out var entry)
                || !TryReadBytes(ref entry, Address.Size)
                || !entry.TryReadList(out var keys)
                || !entry.IsAtEnd
            )
            {
                Fail(Field, "an entry is not an address and a list of storage keys");
                return 0;
            }
            while (Fault.Length == 0 && !keys.IsAtEnd)
            {
                if (!TryReadBytes(ref keys, Hash32.Size))
                {
                    Fail(Field, "a storage key is not 32 bytes");
                }
            }
            count++;
        }
        return count;
    }

    /// <summary>Number of hashes.</summary>
    public int BlobHashes()
    {
        const string Field = "blob_hashes";
        var count = 0;
        if (!_items.TryReadList(out var hashes))
        {
            Fail(Field, "not a list");
        }
        while (Fault.Length == 0 && !hashes.IsAtEnd)
        {
            if (!TryReadBytes(ref hashes, Hash32.Size))
            {
                Fail(Field, "a hash is not 32 bytes");
            }
            count++;
        }
        return count;
    }

    /// <summary>The authorizations. SPEC: EIP-7702 authorization_list = [[chain_id, address, nonce, y_parity, r, s], ...].</summary>
    public List<CodeAuthorization> Authorizations()
    {
        const string Field = "authorization_list";
        var found = new List<CodeAuthorization>();
        if (!_items.TryReadList(out var authorizations))
        {
            Fail(Field, "not a list");
        }
        while (Fault.Length == 0 && !authorizations.IsAtEnd)
        {
            if (
                !authorizations.TryReadList(out var tuple)
                || !tuple.TryReadInteger(256, out var chainId)
                || !tuple.TryReadString(out var address)
                || address.Length != Address.Size
                || !tuple.TryReadInteger(64, out var nonce)
                || !tuple.TryReadInteger(8, out _)
                || !tuple.TryReadInteger(256, out _)
                || !tuple.TryReadInteger(256, out _)
                || !tuple.IsAtEnd
            )
            {
                Fail(Field, "an entry is not chain id, address, nonce, y parity, r and s");
                break;
            }
            found.Add(new CodeAuthorization(chainId, new Address(address), nonce));
        }
        return found;
    }

    public void End()
    {
        if (!_items.IsAtEnd)
        {
            Fail("transaction", "more fields than its type has");
        }
    }

    private static bool TryReadBytes(ref RlpReader reader, int length) => reader.TryReadString(out var bytes) && bytes.Length == length;

    private void Fail(string field, string reason) => Fault = Fault.Length == 0 ? $"{field}: {reason}" : Fault;
}
