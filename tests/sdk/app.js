// The authenticator app on a user's phone: time-based one-time passwords as in RFC 6238, from the secret that the
// enrolment returned.

import { createHmac } from 'node:crypto';

/** Seconds for which one code is shown. */
export const STEP = 30;

/** The six digits that an app with this Base32 secret shows at `at` (seconds since 1970). */
export function code(secret, at) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / STEP)));
  const mac = createHmac('sha1', base32(secret)).update(step).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Six digits that are not `right`. */
export function not(right) {
  return String((Number(right) + 1) % 1_000_000).padStart(6, '0');
}

function base32(text) {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
