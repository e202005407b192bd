#!/usr/bin/env python3
"""Signs a payload with off-the-shelf tools only and prints the DSSE envelope.

usage: sign.py SEED_HEX[,SEED_HEX] PAYLOAD_JSON FORM
FORM is "der" (as python-cryptography gives it, s high or low as it falls), "raw" or "urlsafe".
The payload is canonicalised here as any client may do it: sorted members, no spaces.
"""
import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

TYPE = "application/vnd.jiandu.tx.v1+json"


def main() -> int:
    seeds, payload_text, form = sys.argv[1].split(","), sys.argv[2], sys.argv[3]
    payload = json.loads(payload_text)
    keys = []
    for seed in seeds:
        key = ec.derive_private_key(int(seed, 16), ec.SECP256K1())
        public = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
        keys.append((hashlib.sha256(public).hexdigest(), key))
    for signer, (key_id, _) in zip(payload["signers"], keys):
        signer["key"] = key_id
    payload["signers"].sort(key=lambda signer: signer["key"])
    body = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(body), body)
    encode = base64.urlsafe_b64encode if form == "urlsafe" else base64.b64encode
    signatures = []
    for key_id, key in keys:
        der = key.sign(pae, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(der)
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        signatures.append({"keyid": key_id, "sig": encode(der if form == "der" else raw).decode()})
    print(json.dumps({"payload": encode(body).decode(), "payloadType": TYPE, "signatures": signatures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
