import { createThrottle } from "../../local/iot/http/throttle.ts";
import { type Clock, sleepWith } from "../../shared/clock.ts";
import { between, seededRandom } from "../../test/support/random.ts";
import { percentile } from "../report.ts";
import type { Scenario } from "./scenario.ts";
import { SimClock } from "./sim-clock.ts";
import { SimTable } from "./sim-table.ts";
import { type Sender, type Strategy, Throttled } from "./strategies/strategy.ts";
import { useVirtualGlobals } from "./virtual-globals.ts";

/** One record of quota.json. */
export interface Outcome {
	readonly scenario: string;
	readonly strategy: string;
	readonly seed: number;
	/** Until the last bulk command was taken. */
	readonly seconds: number;
	/** Of all calls of ours. */
	readonly throttledShare: number;
	/** Taken calls of ours, against what the limit and the outside client left until then. */
	readonly limitUsed: number;
	readonly callsPerCommand: number;
	/** Of the outside client's calls, which it does not repeat; null without one. */
	readonly outsideRefusedShare: number | null;
	/** Of the commands of the instances that had work to the end, while all of them had; null where they had unequal work. */
	readonly jain: number | null;
	/** From a command's arrival until the call that was taken was made; null without interactive commands. */
	readonly interactiveP99Ms: number | null;
	/** What remains if the outside client gets all that it asks for. */
	readonly idealSeconds: number;
	/** Row operations of the table store, per command. */
	readonly rowOperationsPerCommand: number;
	/** The same, a second and instance. */
	readonly rowOperationsPerSecond: number;
}

/** To the platform, and back: each way, in milliseconds. */
const ONE_WAY_MS = [5, 25] as const;
const START = Date.UTC(2026, 0, 1);
/** A strategy that has not finished by then is stopped. */
const LIMIT_SECONDS = 3_000;

/** Runs one strategy through one scenario. The same seed gives the same outcome. */
export async function simulate(
	scenario: Scenario,
	strategy: Strategy,
	seed: number,
): Promise<Outcome> {
	const random = seededRandom(seed);
	const offset = random() * 1000;
	const clock = new SimClock(START + offset);
	useVirtualGlobals(clock, seededRandom(seed + 1));
	const table = new SimTable(clock, seededRandom(seed + 2), scenario.trips);
	const world = new World(scenario, clock, seededRandom(seed + 3));
	const senders = scenario.work.map((_, index) =>
		strategy.create({
			clock: clockOf(scenario, clock, random),
			random: seededRandom(seed * 1_000 + index + 10),
			table,
			perSecond: scenario.perSecond,
			instances: scenario.work.length,
		}),
	);
	const bulk = Promise.all(senders.map((sender, index) => world.bulk(sender, index)));
	world.interactive(senders, seededRandom(seed + 4));
	world.steal();
	await clock.run(Promise.race([bulk, clock.sleep(LIMIT_SECONDS * 1000)]));
	const outcome = world.outcome();
	return {
		scenario: scenario.name,
		strategy: strategy.name,
		seed,
		...outcome,
		idealSeconds: scenario.idealSeconds,
		rowOperationsPerCommand: table.rowOperations / Math.max(1, world.commands),
		rowOperationsPerSecond: table.rowOperations / outcome.seconds / scenario.work.length,
	};
}

/** An instance's clock, which may be wrong, and may be late. */
function clockOf(scenario: Scenario, clock: Clock, random: () => number): Clock {
	const skewMs = (2 * random() - 1) * (scenario.clockSkewMs ?? 0);
	const late = scenario.lateTimersMs;
	const after = (ms: number, callback: () => void) =>
		clock.after(ms + (late ? between(random, ...late) : 0), callback);
	return {
		now: () => clock.now() + skewMs,
		after,
		sleep: (ms, signal) => sleepWith({ after }, ms, signal),
	};
}

class World {
	readonly #scenario: Scenario;
	readonly #clock: SimClock;
	readonly #random: () => number;
	readonly #throttle;
	readonly #startedAt: number;
	readonly #takenBy: number[];
	/** Commands of each instance when the first one had no more. */
	#takenByWhenFirstEnded: number[] | undefined;
	#lastTakenAt: number;
	#stolen = 0;
	#outsideCalls = 0;
	#calls = 0;
	#throttled = 0;
	#over = false;
	readonly #waits: number[] = [];
	commands = 0;

	constructor(scenario: Scenario, clock: SimClock, random: () => number) {
		this.#scenario = scenario;
		this.#clock = clock;
		this.#random = random;
		this.#throttle = createThrottle(scenario.model, scenario.perSecond);
		this.#startedAt = clock.now();
		this.#lastTakenAt = this.#startedAt;
		this.#takenBy = scenario.work.map(() => 0);
	}

	/** All bulk commands of one instance, so many at once. */
	async bulk(sender: Sender, instance: number): Promise<void> {
		let left = this.#scenario.work[instance] ?? 0;
		const worker = async () => {
			while (left > 0) {
				left--;
				await sender("bulk", () => this.#call());
				this.commands++;
				this.#takenBy[instance] = (this.#takenBy[instance] ?? 0) + 1;
				this.#lastTakenAt = this.#clock.now();
				if (left === 0) this.#takenByWhenFirstEnded ??= [...this.#takenBy];
			}
		};
		await Promise.all(Array.from({ length: this.#scenario.inFlight }, worker));
		if (this.commands >= this.#scenario.work.reduce((sum, calls) => sum + calls, 0)) {
			this.#over = true;
		}
	}

	/** Commands that arrive by themselves, at any time. */
	interactive(senders: readonly Sender[], random: () => number): void {
		const { interactive } = this.#scenario;
		if (!interactive) return;
		const arrive = () => {
			const pause = (-Math.log(1 - random()) * 1000) / interactive.perSecond;
			this.#clock.after(pause, () => {
				if (this.#over) return;
				arrive();
				const { instances } = interactive;
				const sender = senders[instances[Math.floor(random() * instances.length)] ?? 0];
				const arrivedAt = this.#clock.now();
				let calledAt = arrivedAt;
				sender?.("interactive", () => {
					calledAt = this.#clock.now();
					return this.#call();
				}).then(() => {
					this.commands++;
					this.#waits.push(calledAt - arrivedAt);
				});
			});
		};
		arrive();
	}

	/** The other client's calls, evenly spaced but for the network. */
	steal(): void {
		const { stolen } = this.#scenario;
		if (!stolen) return;
		const next = (at: number) => {
			this.#clock.after(at - this.#clock.now(), () => {
				if (this.#over || at > this.#startedAt + stolen.toSecond * 1000) return;
				next(at + 1000 / stolen.perSecond);
				this.#clock.after(between(this.#random, ...ONE_WAY_MS), () => {
					this.#outsideCalls++;
					if (this.#throttle.take(this.#clock.now())) this.#stolen++;
				});
			});
		};
		next(this.#startedAt + stolen.fromSecond * 1000);
	}

	outcome() {
		const waits = this.#waits;
		const active = this.#scenario.work.filter((calls) => calls > 0);
		const equal = active.every((calls) => calls === active[0]);
		const done = (this.#takenByWhenFirstEnded ?? this.#takenBy).filter(
			(_, index) => (this.#scenario.work[index] ?? 0) > 0,
		);
		const seconds = (this.#lastTakenAt - this.#startedAt) / 1000;
		return {
			seconds,
			limitUsed: this.commands / (this.#scenario.perSecond * seconds - this.#stolen),
			throttledShare: this.#throttled / this.#calls,
			outsideRefusedShare: this.#outsideCalls > 0 ? 1 - this.#stolen / this.#outsideCalls : null,
			callsPerCommand: this.#calls / this.commands,
			jain: equal ? jain(done) : null,
			interactiveP99Ms: waits.length > 0 ? percentile(waits, 0.99) : null,
		};
	}

	/** There, the platform's verdict, and back. */
	async #call(): Promise<void> {
		this.#calls++;
		await this.#clock.sleep(between(this.#random, ...ONE_WAY_MS));
		const taken = this.#throttle.take(this.#clock.now());
		await this.#clock.sleep(between(this.#random, ...ONE_WAY_MS));
		if (taken) return;
		this.#throttled++;
		throw new Throttled();
	}
}

/** Jain's fairness index: 1 if all have the same. */
function jain(values: readonly number[]): number {
	const sum = values.reduce((total, value) => total + value, 0);
	const squares = values.reduce((total, value) => total + value * value, 0);
	return (sum * sum) / (values.length * squares);
}
