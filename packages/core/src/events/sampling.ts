/**
 * Whether the events of a session are kept, at this rate: all of them or none. The same session has the same answer in
 * every program.
 *
 * @param rate the share that is kept, from 0 to 1.
 */
export function isSampled(sessionId: string, rate: number): boolean {
  return rate >= 1 || place(sessionId) < rate;
}

/** A text's fixed place from 0 to below 1: FNV-1a of 32 bits, and murmur3's last step, which spreads texts that differ in their last letters. */
function place(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
