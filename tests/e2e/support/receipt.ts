/**
 * Checks a receipt for a file without any code of ours: COSE_Sign1 (RFC 9052) with Ed25519, the payload a CBOR map. Reads just
 * the few forms of CBOR that occur in it.
 */
import { createPublicKey, verify } from 'node:crypto';

type Value = number | string | Buffer | Value[] | Map<Value, Value>;

class Reader {
  #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(): Value {
    const first = this.#take(1).readUInt8();
    const [kind, length] = [first >> 5, this.#length(first & 31)];
    if (kind === 0) return length;
    if (kind === 1) return -1 - length;
    if (kind === 2) return this.#take(length);
    if (kind === 3) return this.#take(length).toString('utf8');
    if (kind === 4) return Array.from({ length }, () => this.value());
    if (kind === 5) return new Map(Array.from({ length }, () => [this.value(), this.value()] as const));
    throw new Error(`CBOR of kind ${kind} does not belong into a receipt`);
  }

  #length(short: number): number {
    if (short < 24) return short;
    const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short];
    if (size === undefined) throw new Error('an indefinite length does not belong into a receipt');
    return this.#take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new Error('the receipt is cut off');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

/** Head of a CBOR byte string or text of a length below 65 536. */
function head(kind: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(kind << 5) | length]);
  if (length < 256) return Buffer.from([(kind << 5) | 24, length]);
  return Buffer.from([(kind << 5) | 25, length >> 8, length & 255]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([head(2, value.length), value]);
}

function raw(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('-', ''), 'hex');
}

/** What a receipt says of a file, once its signature by the server was found right for this organisation. */
export function readReceipt(header: string, serverKey: string, organisation: string): { sha256: string; size: number } {
  const parts = new Reader(Buffer.from(header, 'base64')).value();
  if (!Array.isArray(parts) || parts.length !== 4) throw new Error('a receipt is an array of four');
  const [head_, , payload, signature] = parts as [Buffer, Value, Buffer, Buffer];
  const context = Buffer.concat([Buffer.from('davy1/blob-receipt'), raw(organisation)]);
  const title = Buffer.from('Signature1');
  const signed = Buffer.concat([Buffer.from([0x84]), head(3, title.length), title, bytes(head_), bytes(context), bytes(payload)]);
  // The fixed front of an Ed25519 key in the form that Node reads.
  const key = createPublicKey({ key: Buffer.concat([raw('302a300506032b6570032100'), raw(serverKey)]), format: 'der', type: 'spki' });
  if (!verify(null, signed, key, signature)) throw new Error('the signature of the receipt is not the server\'s');
  const said = new Reader(payload).value() as Map<Value, Value>;
  return { sha256: (said.get(2) as Buffer).toString('hex'), size: said.get(3) as number };
}
