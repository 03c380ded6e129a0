import { createHash } from "node:crypto";

/** Spreads what is read by time over this many partitions; a page of such a reading costs one range each. */
const SHARDS = 4;

export const allShards = (): string[] => Array.from({ length: SHARDS }, (_, shard) => `${shard}`);

/** Of an id: its last characters are chance, or a hash, and cost nothing to read. */
export const shardOf = (id: string): string => String(id.charCodeAt(id.length - 1) % SHARDS);

/** Of an id, for rows that are read one by one: a million values. */
export const partitionOf = (id: string): string => id.slice(-4);

/** The first 16 bits of a hash, as text: a partition key that spreads what is not spread by itself. */
export const spread = (key: string): string =>
	createHash("sha256").update(key).digest("hex").slice(0, 4);

/** Digits of a time in a key: enough until the year 33658, and texts sort like numbers. */
const TIME_DIGITS = 15;

/** A time (milliseconds since the epoch) as a part of a key that sorts like the time. */
export const timeKey = (ms: number): string => String(Math.floor(ms)).padStart(TIME_DIGITS, "0");
