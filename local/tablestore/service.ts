import { systemClock } from "../clock/clock.ts";
import { Counter } from "../counter.ts";
import { listenHttp } from "../http-server.ts";
import { type FaultChooser, noFault } from "../request-fault.ts";
import type { LocalService, ServiceContext } from "../service.ts";
import type { Partition } from "./faults.ts";
import { MAX_CLOCK_SKEW_MS } from "./limits.ts";
import type { Environment } from "./operations/environment.ts";
import { removeExpired } from "./operations/expiry.ts";
import { requestHandler } from "./request-handler.ts";
import { Catalog } from "./store/catalog.ts";
import { IndexQueue } from "./store/index-queue.ts";
import { Store } from "./store/store.ts";

export interface TablestoreOptions {
	/** The one instance that is served; requests name it in `x-ots-instancename`. */
	readonly instance: string;
	/** How long after its row a global index is written, in milliseconds. */
	readonly indexDelayMs?: number;
	/**
	 * How far the date of a request may be from the clock, in milliseconds. Left
	 * out, it is the service's 15 minutes on the system clock, and not compared on
	 * any other clock: clients have no other than the system's.
	 */
	readonly maxClockSkewMs?: number;
}

export interface TablestoreService extends LocalService {
	/** Name of the instance. */
	readonly instance: string;
	/** Signed requests by operation. */
	readonly requests: Counter;
	/** Rows by what clients did to them and their table or index: `put commands`. */
	readonly rows: Counter;
	/** From now on asks `choose` for every request; without it nothing goes wrong any more. */
	injectFaults(choose?: FaultChooser): void;
	/** Requests for rows of this partition fail until the returned function is called. */
	takeAway(partition: Partition): () => void;
	/** Whether nothing can be written any more. */
	fillDisk(full: boolean): void;
}

/** "Milliseconds" is what is documented; long enough that a read right after a write misses it. */
const DEFAULT_INDEX_DELAY_MS = 5;

/** Starts Tablestore on `context.port`, with its rows in `context.dataDir`/tablestore.db. */
export async function startTablestore(
	context: ServiceContext,
	options: TablestoreOptions,
): Promise<TablestoreService> {
	const { clock, account, log } = context;
	const store = new Store(context.dataDir);
	const indexQueue = new IndexQueue(
		store,
		clock,
		options.indexDelayMs ?? DEFAULT_INDEX_DELAY_MS,
		log,
	);
	const requests = new Counter();
	const rows = new Counter();
	const gone = new Set<Partition>();
	const environment: Environment = {
		store,
		catalog: new Catalog(store),
		indexQueue,
		clock,
		rows,
		gone,
	};
	removeExpired(environment);
	const defaultSkewMs = clock === systemClock ? MAX_CLOCK_SKEW_MS : undefined;
	let chooseFault = noFault;
	const handler = requestHandler(environment, {
		account,
		instance: options.instance,
		maxClockSkewMs: options.maxClockSkewMs ?? defaultSkewMs,
		log,
		chooseFault: (operation) => chooseFault(operation),
		requests,
	});
	const shutDown = () => {
		indexQueue.close();
		store.close();
	};
	try {
		const { url, close } = await listenHttp(context.port, handler);
		return {
			url,
			instance: options.instance,
			requests,
			rows,
			injectFaults(choose = noFault) {
				chooseFault = choose;
			},
			takeAway(partition) {
				gone.add(partition);
				return () => gone.delete(partition);
			},
			fillDisk: (full) => store.fillDisk(full),
			async close() {
				await close();
				shutDown();
			},
		};
	} catch (error) {
		shutDown();
		throw error;
	}
}
