import { packRow } from "./row-codec.ts";
import type { IndexChange } from "./store.ts";

/** As it waits in the queue: without `row` it is a removal. */
export interface PackedChange {
	readonly indexId: number;
	readonly key: Buffer;
	readonly stampMs: number;
	readonly row: Buffer | undefined;
}

/** Index, stamp, and the lengths of key and row. */
const HEAD_BYTES = 20;
const REMOVAL = 0xffffffff;

/** All changes of a transaction as one value, since each row of the database costs more than its bytes. */
export function packChanges(changes: readonly IndexChange[]): Buffer {
	const parts: Buffer[] = [];
	for (const { indexId, key, row } of changes) {
		const packed = row && packRow(row);
		const head = Buffer.allocUnsafe(HEAD_BYTES);
		head.writeUInt32LE(indexId, 0);
		head.writeDoubleLE(row?.stampMs ?? 0, 4);
		head.writeUInt32LE(key.length, 12);
		head.writeUInt32LE(packed?.length ?? REMOVAL, 16);
		parts.push(head, key);
		if (packed) parts.push(packed);
	}
	return Buffer.concat(parts);
}

export function unpackChanges(bytes: Buffer): PackedChange[] {
	const changes: PackedChange[] = [];
	let position = 0;
	const take = (length: number) => {
		position += length;
		return bytes.subarray(position - length, position);
	};
	while (position < bytes.length) {
		const head = take(HEAD_BYTES);
		const key = take(head.readUInt32LE(12));
		const rowBytes = head.readUInt32LE(16);
		changes.push({
			indexId: head.readUInt32LE(0),
			key,
			stampMs: head.readDoubleLE(4),
			row: rowBytes === REMOVAL ? undefined : take(rowBytes),
		});
	}
	return changes;
}
