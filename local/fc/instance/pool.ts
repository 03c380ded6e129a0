import { availableParallelism } from "node:os";
import { type Clock, systemClock } from "../../clock/clock.ts";
import type { Instance, Outcome } from "./instance.ts";
import type { ProcessorWatch } from "./processor-watch.ts";

/**
 * Instances that start at the same time. More would only take the processor
 * from one another, while those that run may soon be free.
 */
const MAX_STARTING = Math.max(2, availableParallelism());

/** So many are started whatever else the machine does; more only while it has processors left. */
const ALWAYS_STARTED = Math.max(2, availableParallelism());
const RECHECK_MS = 50;

/** An instance that a request has to itself until it is released. */
export interface Lease {
	readonly instance: Instance;
	release(): void;
}

export type Acquired =
	| { readonly type: "lease"; readonly lease: Lease }
	/** The function has as many requests under way as it may have instances. */
	| { readonly type: "throttled" }
	/** No instance could be started; what its start ended with. */
	| { readonly type: "failed"; readonly outcome: Outcome; readonly peakMemoryMb: number };

export interface PoolOptions {
	readonly clock: Clock;
	/** Most processes at a time. */
	readonly maxInstances: number;
	/** Whether a request beyond that is refused rather than kept waiting. */
	readonly refuse: boolean;
	/** An instance that was idle for this long is stopped. */
	readonly idleMs: number;
	readonly processors: ProcessorWatch;
	/** Creates the process and starts the function in it. */
	readonly start: () => { instance: Instance; started: Promise<Outcome | "ready"> };
	readonly stop: (instance: Instance) => Promise<void>;
	/** Whether an idle instance may still be given a request. */
	readonly usable: (instance: Instance) => boolean;
	/** Called whenever a request could be served that could not before. */
	readonly onFree: () => void;
}

type Waiter = (acquired: Acquired) => void;

/**
 * The instances of one function. A request takes the instance that was used
 * last, so that the others become idle and end; if there is none, an instance
 * is started, and whichever is free first serves the request that waited
 * longest.
 */
export class InstancePool {
	readonly #options: PoolOptions;
	readonly #all = new Set<Instance>();
	readonly #starting = new Set<Instance>();
	readonly #idle: { instance: Instance; cancelReap: () => void }[] = [];
	readonly #waiters: Waiter[] = [];
	readonly #stopping = new Set<Promise<void>>();
	#busy = 0;
	#closed = false;
	#recheck: (() => void) | undefined;

	constructor(options: PoolOptions) {
		this.#options = options;
	}

	get instances(): readonly Instance[] {
		return [...this.#all];
	}

	/** Requests that have an instance or wait for one. */
	get underWay(): number {
		return this.#busy + this.#waiters.length;
	}

	acquire(): Promise<Acquired> {
		const { maxInstances, refuse } = this.#options;
		if (this.#closed || (refuse && this.underWay >= maxInstances)) {
			return Promise.resolve({ type: "throttled" });
		}
		const idle = this.#takeIdle();
		if (idle) return Promise.resolve({ type: "lease", lease: this.#lease(idle) });
		return new Promise((resolve) => {
			this.#waiters.push(resolve);
			this.#scaleOut();
		});
	}

	/** An instance ended by itself or was killed. */
	forget(instance: Instance): void {
		this.#all.delete(instance);
		const index = this.#idle.findIndex((entry) => entry.instance === instance);
		if (index >= 0) this.#idle.splice(index, 1)[0]?.cancelReap();
		this.#scaleOut();
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#recheck?.();
		for (const waiter of this.#waiters.splice(0)) waiter({ type: "throttled" });
		for (const { instance, cancelReap } of this.#idle.splice(0)) {
			cancelReap();
			this.#stop(instance);
		}
		await Promise.all(this.#stopping);
		for (const instance of this.#all) instance.kill();
	}

	#takeIdle(): Instance | undefined {
		for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
			entry.cancelReap();
			if (!entry.instance.alive) continue;
			if (this.#options.usable(entry.instance)) return entry.instance;
			this.#stop(entry.instance);
		}
		return undefined;
	}

	#lease(instance: Instance): Lease {
		this.#busy++;
		return {
			instance,
			release: () => {
				this.#busy--;
				if (!instance.alive) this.forget(instance);
				else if (this.#all.has(instance)) this.#becomeFree(instance);
				this.#options.onFree();
			},
		};
	}

	#becomeFree(instance: Instance): void {
		if (this.#closed) {
			this.#stop(instance);
			return;
		}
		const waiter = this.#waiters.shift();
		if (waiter) {
			waiter({ type: "lease", lease: this.#lease(instance) });
			return;
		}
		const entry = {
			instance,
			cancelReap: this.#options.clock.after(this.#options.idleMs, () => {
				this.#idle.splice(this.#idle.indexOf(entry), 1);
				this.#stop(instance);
			}),
		};
		this.#idle.push(entry);
	}

	#scaleOut(): void {
		while (
			!this.#closed &&
			!this.#isSaturated() &&
			this.#waiters.length > this.#starting.size &&
			this.#starting.size < MAX_STARTING &&
			this.#all.size < this.#options.maxInstances
		) {
			const { instance, started } = this.#options.start();
			this.#all.add(instance);
			this.#starting.add(instance);
			void started.then((outcome) => this.#onStarted(instance, outcome));
		}
	}

	/** If so it is looked at again soon. */
	#isSaturated(): boolean {
		if (this.#waiters.length === 0 || this.#all.size < ALWAYS_STARTED) return false;
		if (!this.#options.processors.full) return false;
		this.#recheck ??= systemClock.after(RECHECK_MS, () => {
			this.#recheck = undefined;
			this.#scaleOut();
		});
		return true;
	}

	#onStarted(instance: Instance, outcome: Outcome | "ready"): void {
		this.#starting.delete(instance);
		if (outcome === "ready") {
			this.#becomeFree(instance);
			this.#scaleOut();
			return;
		}
		instance.kill();
		this.#all.delete(instance);
		const waiter = this.#waiters.shift();
		waiter?.({ type: "failed", outcome, peakMemoryMb: instance.peakMemoryMb });
		this.#scaleOut();
		this.#options.onFree();
	}

	#stop(instance: Instance): void {
		// A stopping instance no longer counts: the request that follows may start another.
		this.#all.delete(instance);
		const stopping = this.#options.stop(instance).finally(() => this.#stopping.delete(stopping));
		this.#stopping.add(stopping);
	}
}
