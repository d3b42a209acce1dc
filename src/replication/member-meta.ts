import { goString } from '../service/go-json.js';

/** Peers refuse longer metadata (PROTOCOL 4). */
const MAX_BYTES = 512;

/** What a Sidecar says of itself as a member (PROTOCOL 19.1). Nobody reads it, so a name too long for it is left out. */
export function memberMeta(clusterName: string): Uint8Array {
  const meta = Buffer.from(`{"ClusterName":${goString(clusterName)},"State":"Running"}`);
  return meta.length <= MAX_BYTES ? meta : new Uint8Array();
}
