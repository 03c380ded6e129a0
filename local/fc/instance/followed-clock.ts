import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "../../clock/clock.ts";
import type { InstanceState } from "./frames.ts";
import { LineSplitter } from "./line-splitter.ts";
import { VirtualTimers } from "./virtual-timers.ts";

/** What follow-clock.cjs sends, as lines of JSON. */
type FromProcess =
	/** From now on the process follows the clock; other programs than Node never say so. */
	| { readonly t: "follows" }
	| { readonly t: "timer"; readonly id: number; readonly ms: number }
	| { readonly t: "clear"; readonly id: number }
	| ({ readonly t: "state" } & ServerState);

interface ServerState extends InstanceState {
	/** Requests of the local cloud that the server has not answered to the end. */
	readonly served: number;
}

/** So long a process may go on with requests of its own after it answered. */
const QUIET_LIMIT_MS = 500;

/** The clock of a custom runtime's process in virtual time. */
export class FollowedClock {
	readonly #channel: Duplex;
	readonly #clock: Clock;
	readonly #timers: VirtualTimers;
	#follows = false;
	#probes: ((state: ServerState | undefined) => void)[] = [];

	constructor(channel: Duplex, clock: Clock) {
		this.#channel = channel;
		this.#clock = clock;
		this.#timers = new VirtualTimers(clock, (id) => this.#send({ t: "fire", id }));
		const splitter = new LineSplitter((line) => this.#receive(JSON.parse(line) as FromProcess));
		channel.on("data", (chunk: Buffer) => splitter.push(chunk));
	}

	/** They tell a request's receiver the time. */
	headers(): Record<string, string> {
		return { "x-fc-local-now": String(this.#clock.now()) };
	}

	/** What the process waits for; undefined if it does not follow the clock. */
	async probe(): Promise<ServerState | undefined> {
		if (!this.#follows) return undefined;
		return new Promise((resolve) => {
			this.#probes.push(resolve);
			this.#send({ t: "time" });
		});
	}

	/** Resolves when the process has no request of its own under way, or `interrupted` holds. */
	async quiet(interrupted: () => boolean): Promise<void> {
		const until = systemClock.now() + QUIET_LIMIT_MS;
		while (!interrupted() && systemClock.now() < until) {
			const state = await this.probe();
			if (!state || state.requests + state.outside + state.work + state.served === 0) return;
			await systemClock.sleep(1);
		}
	}

	freeze(): void {
		this.#timers.freeze();
		// It will not answer before it goes on.
		this.#answerProbes(undefined);
	}

	thaw(): void {
		this.#timers.thaw();
	}

	close(): void {
		this.#timers.close();
		this.#answerProbes(undefined);
		this.#follows = false;
	}

	#answerProbes(state: ServerState | undefined): void {
		for (const answer of this.#probes.splice(0)) answer(state);
	}

	#receive(message: FromProcess): void {
		switch (message.t) {
			case "follows":
				this.#follows = true;
				return;
			case "timer":
				this.#timers.set(message.id, message.ms);
				return;
			case "clear":
				this.#timers.clear(message.id);
				return;
			case "state":
				this.#answerProbes(message);
				return;
		}
	}

	#send(message: { t: "fire"; id: number } | { t: "time" }): void {
		this.#channel.write(`${JSON.stringify({ ...message, now: this.#clock.now() })}\n`);
	}
}
