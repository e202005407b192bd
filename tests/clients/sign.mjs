// Signs a payload with Node's own crypto module and prints the DSSE envelope.
//
// usage: sign.mjs SEED_HEX[,SEED_HEX] PAYLOAD_JSON FORM   (FORM: der | raw | urlsafe)
import { createECDH, createHash, createPrivateKey, sign } from 'node:crypto';

const type = 'application/vnd.jiandu.tx.v1+json';
const [seeds, payloadText, form] = process.argv.slice(2);

function keyFromSeed(seed) {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(Buffer.from(seed, 'hex'));
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC', crv: 'secp256k1', d: Buffer.from(seed, 'hex').toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url'),
  };
  const keyid = createHash('sha256').update(ecdh.getPublicKey(null, 'compressed')).digest('hex');
  return { keyid, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

// RFC 8785 for what a payload may hold: no floats, names sorted by UTF-16 code units.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const keys = seeds.split(',').map(keyFromSeed);
const payload = JSON.parse(payloadText);
payload.signers.forEach((signer, i) => { signer.key = keys[i].keyid; });
payload.signers.sort((a, b) => (a.key < b.key ? -1 : 1));
const body = Buffer.from(canonical(payload), 'utf8');
const pae = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]);
const encoding = form === 'urlsafe' ? 'base64url' : 'base64';
const signatures = keys.map(({ keyid, key }) => ({
  keyid,
  sig: sign('sha256', pae, { key, dsaEncoding: form === 'der' ? 'der' : 'ieee-p1363' })
    .toString(encoding),
}));
console.log(JSON.stringify({ payload: body.toString(encoding), payloadType: type, signatures }));
