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

/** A place in an instance that a request has to itself until it is released. */
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
	/** Most requests at a time in one instance. */
	readonly concurrency: number;
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

/** An instance, and the requests that it has. */
interface Member {
	readonly instance: Instance;
	state: "starting" | "ready" | "stopping";
	used: number;
	/** Grows with every use: the order of the last ones. */
	lastUse: number;
	cancelReap: () => void;
}

/**
 * The instances of one function. A request takes a place in the fullest
 * instance that has one, among equals in the one that was used last, so that
 * the others become idle and end. Only when all are full is another started
 * ("Configure instance concurrency"), and whichever place is free first serves
 * the request that waited longest.
 */
export class InstancePool {
	readonly #options: PoolOptions;
	readonly #members = new Map<Instance, Member>();
	readonly #waiters: Waiter[] = [];
	readonly #stopping = new Set<Promise<void>>();
	#busy = 0;
	#uses = 0;
	#closed = false;
	#recheck: (() => void) | undefined;

	constructor(options: PoolOptions) {
		this.#options = options;
	}

	get instances(): readonly Instance[] {
		return [...this.#members.values()]
			.filter(({ state }) => state !== "stopping")
			.map(({ instance }) => instance);
	}

	/** Requests that have a place or wait for one. */
	get underWay(): number {
		return this.#busy + this.#waiters.length;
	}

	acquire(): Promise<Acquired> {
		const { maxInstances, concurrency, refuse } = this.#options;
		if (this.#closed || (refuse && this.underWay >= maxInstances * concurrency)) {
			return Promise.resolve({ type: "throttled" });
		}
		const member = this.#withPlace();
		if (member) return Promise.resolve({ type: "lease", lease: this.#lease(member) });
		return new Promise((resolve) => {
			this.#waiters.push(resolve);
			this.#scaleOut();
		});
	}

	/** An instance ended by itself or was killed. */
	forget(instance: Instance): void {
		const member = this.#members.get(instance);
		// What its start ended with is told to the request that waits for it, before another is started.
		if (!member || member.state === "starting") return;
		member.cancelReap();
		this.#members.delete(instance);
		this.#scaleOut();
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#recheck?.();
		for (const waiter of this.#waiters.splice(0)) waiter({ type: "throttled" });
		for (const member of this.#members.values()) {
			if (member.state === "ready" && member.used === 0) this.#stop(member);
		}
		await Promise.all(this.#stopping);
		for (const { instance } of this.#members.values()) instance.kill();
	}

	#withPlace(): Member | undefined {
		let best: Member | undefined;
		for (const member of this.#members.values()) {
			if (!this.#hasPlace(member)) continue;
			if (!best || member.used > best.used) best = member;
			else if (member.used === best.used && member.lastUse > best.lastUse) best = member;
		}
		return best;
	}

	#hasPlace(member: Member): boolean {
		const { instance, state, used } = member;
		if (state !== "ready" || !instance.alive || used >= this.#options.concurrency) return false;
		if (this.#options.usable(instance)) return true;
		if (used === 0) this.#stop(member);
		return false;
	}

	#lease(member: Member): Lease {
		this.#busy++;
		member.used++;
		member.lastUse = ++this.#uses;
		member.cancelReap();
		return {
			instance: member.instance,
			release: () => {
				this.#busy--;
				member.used--;
				this.#onReleased(member);
				this.#options.onFree();
			},
		};
	}

	#onReleased(member: Member): void {
		const { instance, used } = member;
		if (this.#members.get(instance) !== member) return;
		if (!instance.alive) {
			if (used === 0) this.forget(instance);
			else this.#scaleOut();
			return;
		}
		if (this.#closed) {
			if (used === 0) this.#stop(member);
			return;
		}
		this.#serveWaiters(member);
	}

	#serveWaiters(member: Member): void {
		while (this.#waiters.length > 0 && this.#hasPlace(member)) {
			this.#waiters.shift()?.({ type: "lease", lease: this.#lease(member) });
		}
		if (member.used > 0 || member.state !== "ready") return;
		member.cancelReap();
		member.cancelReap = this.#options.clock.after(this.#options.idleMs, () => this.#stop(member));
	}

	#scaleOut(): void {
		while (
			!this.#closed &&
			!this.#isSaturated() &&
			this.#waiters.length > this.#count("starting") * this.#options.concurrency &&
			this.#count("starting") < MAX_STARTING &&
			this.#counted < this.#options.maxInstances
		) {
			const { instance, started } = this.#options.start();
			const member: Member = {
				instance,
				state: "starting",
				used: 0,
				lastUse: 0,
				cancelReap: () => {},
			};
			this.#members.set(instance, member);
			void started.then((outcome) => this.#onStarted(member, outcome));
		}
	}

	#count(state: Member["state"]): number {
		let count = 0;
		for (const member of this.#members.values()) if (member.state === state) count++;
		return count;
	}

	/** One that is about to end no longer counts: the request that follows may start another. */
	get #counted(): number {
		let count = 0;
		for (const { instance, state } of this.#members.values()) {
			if (state !== "stopping" && instance.alive) count++;
		}
		return count;
	}

	/** If so it is looked at again soon. */
	#isSaturated(): boolean {
		if (this.#waiters.length === 0 || this.#counted < ALWAYS_STARTED) return false;
		if (!this.#options.processors.full) return false;
		this.#recheck ??= systemClock.after(RECHECK_MS, () => {
			this.#recheck = undefined;
			this.#scaleOut();
		});
		return true;
	}

	#onStarted(member: Member, outcome: Outcome | "ready"): void {
		const { instance } = member;
		if (outcome === "ready") {
			member.state = "ready";
			if (this.#closed) this.#stop(member);
			else this.#serveWaiters(member);
			this.#scaleOut();
			return;
		}
		instance.kill();
		this.#members.delete(instance);
		const waiter = this.#waiters.shift();
		waiter?.({ type: "failed", outcome, peakMemoryMb: instance.peakMemoryMb });
		this.#scaleOut();
		this.#options.onFree();
	}

	#stop(member: Member): void {
		member.cancelReap();
		member.state = "stopping";
		const stopping = this.#options.stop(member.instance).finally(() => {
			this.#members.delete(member.instance);
			this.#stopping.delete(stopping);
		});
		this.#stopping.add(stopping);
	}
}
