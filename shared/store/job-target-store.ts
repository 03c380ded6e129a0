import { idFrom } from "../ids.ts";
import { CHUNK_DEVICES, chunkSchema, type TargetChunk, type TargetDevice } from "../job/job.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";
import { spread } from "./shard.ts";

/** Chunks that are written or read at the same time. */
const AT_ONCE = 16;

/** Which devices have their turn in which order, in rows of many devices. */
export class JobTargetStore extends DocumentStore<TargetChunk> {
	constructor(table: Table) {
		super(table, { table: "job_targets", schema: chunkSchema, partition: spread });
	}

	/**
	 * Writes devices under a set's name; what is there already is kept.
	 * @param from place of the first of them in the set; a multiple of `CHUNK_DEVICES`.
	 */
	async write(job: string, set: string, devices: readonly TargetDevice[], from = 0): Promise<void> {
		const chunks: TargetChunk[] = [];
		for (let at = 0; at < devices.length; at += CHUNK_DEVICES) {
			const part = devices.slice(at, at + CHUNK_DEVICES);
			chunks.push({ id: chunkId(set, from + at), job, from: from + at, devices: part });
		}
		for (let at = 0; at < chunks.length; at += AT_ONCE) {
			await Promise.all(chunks.slice(at, at + AT_ONCE).map((chunk) => this.create(chunk)));
		}
	}

	/** Writes more devices behind the first `total`; what somebody wrote there before and never counted is replaced. */
	async append(
		job: string,
		set: string,
		total: number,
		devices: readonly TargetDevice[],
	): Promise<void> {
		const start = total - (total % CHUNK_DEVICES);
		const kept = total === start ? [] : await this.read(set, start, total);
		const all = [...kept, ...devices];
		for (let at = 0; at < all.length; at += CHUNK_DEVICES) {
			const id = chunkId(set, start + at);
			const chunk = { id, job, from: start + at, devices: all.slice(at, at + CHUNK_DEVICES) };
			while (!(await this.create(chunk))) {
				const old = await this.get(id);
				if (old && (await this.replace(old, chunk))) break;
			}
		}
	}

	/** The devices at these places, `to` exclusive. */
	async read(set: string, from: number, to: number): Promise<TargetDevice[]> {
		const devices: TargetDevice[] = [];
		for (let at = from - (from % CHUNK_DEVICES); at < to; at += CHUNK_DEVICES) {
			const found = await this.get(chunkId(set, at));
			if (!found) throw new Error(`the devices from ${at} on of the set ${set} are missing`);
			devices.push(...found.document.devices.slice(Math.max(0, from - at), to - at));
		}
		return devices;
	}
}

const chunkId = (set: string, from: number): string => idFrom("job-targets", set, from);
