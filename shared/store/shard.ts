import { createHash } from "node:crypto";

/** Spreads what is read by time over this many partitions; a page of such a reading costs one range each. */
const SHARDS = 8;

export const allShards = (): string[] => Array.from({ length: SHARDS }, (_, shard) => `${shard}`);

export function shardOf(id: string): string {
	return String(createHash("sha256").update(id).digest().readUInt16BE(0) % SHARDS);
}

/** A short hash in front of a partition key, so that neighbours in the alphabet are not neighbours on a disk. */
export function spread(key: string): string {
	return `${createHash("sha256").update(key).digest("hex").slice(0, 4)}#${key}`;
}
