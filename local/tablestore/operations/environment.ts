import type { Clock } from "../../clock/clock.ts";
import type { Counter } from "../../counter.ts";
import type { Partition } from "../faults.ts";
import type { Catalog } from "../store/catalog.ts";
import type { IndexQueue } from "../store/index-queue.ts";
import type { Store } from "../store/store.ts";

/** What the operations work on. */
export interface Environment {
	readonly store: Store;
	readonly catalog: Catalog;
	readonly indexQueue: IndexQueue;
	readonly clock: Clock;
	/** Rows by what was done to them and their table or index: `put commands`. */
	readonly rows: Counter;
	/** Partitions that are away for the moment. */
	readonly gone: ReadonlySet<Partition>;
}

/** An operation takes the bytes of its request and gives those of its answer, or throws `OtsError`. */
export type Operation = (environment: Environment, body: Buffer) => Buffer;
