import type { State } from "../command/state.ts";
import { type Capacity, perSecondOf } from "./capacity.ts";
import { add, type Seen } from "./counts.ts";
import { type Counts, hasEnded, type Job } from "./job.ts";
import { plan } from "./plan.ts";
import { presentWave } from "./waves.ts";

/** What a forecast reckons with. */
export interface Assumptions {
	/** What of it the job gets. */
	readonly capacity: Capacity;
	/** Of one call of InvokeThingsService. */
	readonly batchDevices: number;
	/** Of all targets, the part that is offline. */
	readonly offline: number;
	/** Between a call and the reply to it. */
	readonly replyMs: number;
}

export interface Forecast {
	/** When the last device that is online has been sent to, and when its reply is there. */
	readonly sentAt?: number;
	readonly confirmedAt?: number;
	/** In which state the job is then, and why. */
	readonly state: Job["state"];
	readonly reason?: string;
	/** Calls of each kind. */
	readonly calls: { readonly alone: number; readonly together: number };
	/** A person has to approve so many times; reckoned as done at once. */
	readonly approvals: number;
	readonly waves: readonly { readonly startedAt: number; readonly endedAt?: number }[];
	/** A few points of it: devices that were sent to, and that have ended. */
	readonly curve: readonly { readonly at: number; readonly sent: number; readonly ended: number }[];
}

/** More looks than any job needs that ends within a few days; what is left then is reckoned at its last pace. */
const MAX_LOOKS = 40_000;
const CURVE_POINTS = 60;

/** The driver looks at what has ended after about this time. */
const SEEN_AFTER_MS = 500;

const isSeenAt =
	(now: number) =>
	({ at }: Cohort): boolean =>
		at + SEEN_AFTER_MS <= now;

/** Devices that have got so far, all at one time. */
interface Cohort {
	readonly at: number;
	readonly wave: number;
	readonly devices: number;
}

/** The job as it will go, by the same plan that moves it on, in time that is only reckoned. */
export function forecast(start: Job, from: number, assumed: Assumptions): Forecast {
	const world = new Reckoned(assumed, start);
	let job = start;
	let now = from;
	let approvals = 0;
	const devices = { alone: 0, together: 0 };
	for (let look = 0; look < MAX_LOOKS; look++) {
		world.advance(now, perSecondOf(job, assumed.capacity));
		const next = plan(job, world.seen(), now, assumed.capacity);
		job = next.job;
		if (next.make > 0) {
			world.make(now, presentWave(job), next.make);
			devices.together += next.together;
			devices.alone += next.make - next.together;
			job = { ...job, made: job.made + next.make };
		}
		if (job.state === "waiting_for_approval") {
			approvals++;
			const { reason: _reason, ...going } = job;
			job = { ...going, state: "running", progress: [...job.progress, { startedAt: now }] };
			continue;
		}
		if (hasEnded(job) || job.state === "paused" || next.lookAt === undefined) break;
		now = Math.max(now + 1, next.lookAt);
	}
	return {
		...world.finish(),
		state: job.state,
		...(job.reason === undefined ? {} : { reason: job.reason }),
		approvals,
		calls: {
			alone: devices.alone,
			together: Math.ceil(devices.together / assumed.batchDevices),
		},
		waves: job.progress,
		curve: thinned(world.curve),
	};
}

function thinned<T>(points: readonly T[]): T[] {
	const step = Math.max(1, Math.ceil(points.length / CURVE_POINTS));
	return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

/** Devices that take what they are sent, at the pace of quota and uplink. */
class Reckoned {
	readonly #assumed: Assumptions;
	readonly #whenOffline: "fail" | "wait";
	readonly #expiresMs: number;
	readonly #ended = new Map<number, Counts>();
	/** Ended, and not seen yet by the job's driver. */
	#unseen: (Cohort & { readonly state: State })[] = [];
	/** Those that wait for their call, for their reply, and for their device. */
	#unsent: Cohort[] = [];
	#awaited: Cohort[] = [];
	#parked: Cohort[] = [];
	#at = 0;
	#sent = 0;
	#offlineDue = 0;
	#sentAt: number | undefined;
	#confirmedAt: number | undefined;
	readonly curve: { at: number; sent: number; ended: number }[] = [];

	constructor(assumed: Assumptions, { command }: Job) {
		this.#assumed = assumed;
		this.#whenOffline = command.whenOffline;
		this.#expiresMs = command.expiresIn * 1000;
	}

	make(now: number, wave: number, devices: number): void {
		this.#unsent.push({ at: now, wave, devices });
	}

	advance(now: number, perSecond: number): void {
		const seconds = this.#at === 0 ? 0 : (now - this.#at) / 1000;
		this.#at = now;
		for (const { wave, state, devices } of this.#unseen.filter(isSeenAt(now))) {
			this.#ended.set(wave, add(this.#ended.get(wave) ?? {}, { [state]: devices }));
		}
		this.#unseen = this.#unseen.filter((one) => !isSeenAt(now)(one));
		const calls = take(this.#unsent, seconds * perSecond, now);
		for (const { wave, devices } of calls) this.#call(now, wave, devices);
		const due = this.#awaited.filter(({ at }) => at + this.#assumed.replyMs <= now);
		const replies = take(due, seconds * this.#assumed.capacity.repliesPerSecond, now);
		this.#awaited = [
			...due,
			...this.#awaited.filter((one) => one.at + this.#assumed.replyMs > now),
		];
		for (const { wave, devices } of replies) this.#end(wave, "succeeded", devices);
		if (calls.length > 0) this.#sentAt = now;
		if (replies.length > 0) this.#confirmedAt = now;
		for (const { wave, devices } of this.#parked.filter(({ at }) => at + this.#expiresMs <= now)) {
			this.#end(wave, "expired", devices);
		}
		this.#parked = this.#parked.filter(({ at }) => at + this.#expiresMs > now);
		this.curve.push({
			at: now,
			sent: Math.round(this.#sent),
			ended: Math.round(this.#endedDevices()),
		});
	}

	seen(): Seen {
		const seen = new Map(this.#ended);
		const count = (cohorts: readonly Cohort[], state: State) => {
			for (const { wave, devices } of cohorts) {
				seen.set(wave, add(seen.get(wave) ?? {}, { [state]: devices }));
			}
		};
		count(this.#unsent, "accepted");
		count(this.#awaited, "sent");
		count(this.#unseen, "sent");
		count(this.#parked, "waiting");
		return seen;
	}

	finish(): Pick<Forecast, "sentAt" | "confirmedAt"> {
		return {
			...(this.#sentAt === undefined ? {} : { sentAt: this.#sentAt }),
			...(this.#confirmedAt === undefined ? {} : { confirmedAt: this.#confirmedAt }),
		};
	}

	/** Whole devices: so many of these, and of those before, are offline. */
	#call(now: number, wave: number, devices: number): void {
		this.#sent += devices;
		this.#offlineDue += devices * this.#assumed.offline;
		const offline = Math.min(devices, Math.floor(this.#offlineDue + 1e-9));
		this.#offlineDue -= offline;
		if (offline > 0 && this.#whenOffline === "fail") this.#end(wave, "failed", offline);
		else if (offline > 0) this.#parked.push({ at: now, wave, devices: offline });
		if (devices > offline) this.#awaited.push({ at: now, wave, devices: devices - offline });
	}

	#end(wave: number, state: State, devices: number): void {
		this.#unseen.push({ at: this.#at, wave, state, devices });
	}

	#endedDevices(): number {
		let sum = this.#unseen.reduce((all, { devices }) => all + devices, 0);
		for (const counts of this.#ended.values()) {
			for (const count of Object.values(counts)) sum += count ?? 0;
		}
		return sum;
	}
}

/** Takes up to `most` devices out of the cohorts, the oldest first; whole devices, the rest is left for the next time. */
function take(cohorts: Cohort[], most: number, at: number): Cohort[] {
	const taken: Cohort[] = [];
	let room = Math.round(most);
	while (room > 0) {
		const first = cohorts.shift();
		if (!first) break;
		const devices = Math.min(first.devices, room);
		room -= devices;
		taken.push({ at, wave: first.wave, devices });
		if (devices < first.devices) cohorts.unshift({ ...first, devices: first.devices - devices });
	}
	return taken;
}
