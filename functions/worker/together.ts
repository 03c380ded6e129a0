import type { Command } from "../../shared/command/command.ts";
import { deviceKey } from "../../shared/command/device.ts";
import type { Move } from "../../shared/command/move.ts";
import { isTerminal } from "../../shared/command/state.ts";
import type { CallResult } from "../../shared/iot/platform.ts";
import { verdictOf } from "../../shared/iot/verdict.ts";
import { settle } from "../../shared/lifecycle/settle.ts";
import { commandOf } from "../../shared/store/live-jobs.ts";
import type { Stored } from "../../shared/stored.ts";
import { claimIt, fitArgs, type Limits, record } from "./attempt.ts";
import type { WorkerDeps } from "./deps.ts";
import { holdBack } from "./job-gate.ts";
import { moveOfCall } from "./outcome.ts";
import { sendCommand } from "./send.ts";

/** Commands of one invocation come at once; so long for those of another one. */
const GATHER_MS = 100;
/** A call that was refused as a whole is made again after this. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;
/** A late reply of an earlier command may still come: for so long, the next one is sent alone. */
const LATE_REPLY_MS = 600_000;
const MAY_REPLY_LATE: ReadonlySet<Command["state"]> = new Set(["timed_out", "unknown"]);

interface Member {
	readonly stored: Stored<Command>;
	readonly limits: Limits;
	readonly resolve: (left: Stored<Command> | undefined) => void;
	readonly reject: (error: Error) => void;
}

interface Group {
	readonly productKey: string;
	readonly service: string;
	readonly args: string;
	members: Member[];
	cancel: () => void;
}

/**
 * Commands of one product, service and arguments, sent to many devices in one
 * call. Each of them is claimed and concluded as if it had been sent alone;
 * what cannot go together goes alone.
 */
export class Together {
	readonly #deps: WorkerDeps;
	readonly #groups = new Map<string, Group>();

	constructor(deps: WorkerDeps) {
		this.#deps = deps;
	}

	/** @returns the command if the worker must be invoked for it again, at its time. */
	async send(start: Stored<Command>, limits: Limits): Promise<Stored<Command> | undefined> {
		const stored = await settle(this.#deps, start);
		const { document: command } = stored;
		const { productKey, deviceName, iotId } = command.device;
		const isReady = command.state === "accepted" && !command.after && this.#deps.batchDevices > 1;
		if (!isReady || !productKey || !deviceName || iotId || command.qos !== 0) {
			return sendCommand(this.#deps, stored, limits);
		}
		const args = await fitArgs(this.#deps, command);
		const goes = args !== undefined && (await this.#mayGo(command, productKey));
		if (!goes) return sendCommand(this.#deps, stored, limits);
		return new Promise((resolve, reject) => {
			const { service } = command;
			this.#join({ productKey, service, args }, { stored, limits, resolve, reject });
		});
	}

	#join(what: Pick<Group, "productKey" | "service" | "args">, member: Member): void {
		const key = JSON.stringify([what.productKey, what.service, what.args]);
		let group = this.#groups.get(key);
		if (!group) {
			const cancel = this.#deps.clock.after(GATHER_MS, () => this.#leave(key));
			group = { ...what, members: [], cancel };
			this.#groups.set(key, group);
		}
		group.members.push(member);
		if (group.members.length >= this.#deps.batchDevices) this.#leave(key);
	}

	#leave(key: string): void {
		const group = this.#groups.get(key);
		if (!group) return;
		this.#groups.delete(key);
		group.cancel();
		this.#sendAll(group).catch((error: Error) => {
			for (const { reject } of group.members) reject(error);
		});
	}

	/** An asynchronous service, and no other command of the device whose reply could be taken for this one's. */
	async #mayGo(command: Command, productKey: string): Promise<boolean> {
		const { models, liveJobs, commands, clock } = this.#deps;
		const { service, source } = command;
		const key = deviceKey(command.device);
		if (!(await models.isAsynchronous(productKey, service).catch(() => false))) return false;
		const now = clock.now();
		const known = await liveJobs.all(service);
		// Read after its own job began: of two jobs, at least the later one knows the other.
		const jobs = known.some(({ id }) => id === source.job)
			? known
			: await liveJobs.all(service, now);
		for (const job of jobs) {
			if (job.id === source.job) continue;
			const stored = await commandOf(commands, job, key);
			if (stored && !isOver(stored.document, now)) return false;
		}
		return true;
	}

	async #sendAll(group: Group): Promise<void> {
		const { slots, outage } = this.#deps;
		const until = Math.min(...group.members.map(({ limits }) => limits.stopAt));
		if (!((await outage.over(until)) && (await slots.take(until)))) {
			for (const { stored, resolve } of group.members) resolve(stored);
			return;
		}
		const claims = await Promise.all(
			group.members.map(async (member) => {
				const held = await holdBack(this.#deps, member.stored);
				if (held) {
					member.resolve(held.document.state === "waiting" ? held : undefined);
					return [];
				}
				const { claimed } = await claimIt(this.#deps, member.stored, member.limits.owner);
				// Whoever loses the claim does nothing: the winner sends.
				if (!claimed) member.resolve(undefined);
				return claimed ? [{ ...member, stored: claimed }] : [];
			}),
		);
		await this.#call({ ...group, members: claims.flat() });
	}

	async #call(group: Group): Promise<void> {
		const { platform, clock, outage, meter } = this.#deps;
		const { members, productKey, service, args } = group;
		if (members.length === 0) return;
		const deviceNames = members.map(({ stored }) => stored.document.device.deviceName ?? "");
		const startedAt = clock.now();
		const result = await platform.invokeServices({ productKey, deviceNames, service, args });
		const verdict = verdictOf(result);
		meter.call(verdict, clock.now() - startedAt);
		outage.report(
			(result.kind === "taken" || result.kind === "refused") && verdict !== "transient",
		);
		const refused = verdict === "permanent" || verdict === "device-state";
		if (refused && members.length > 1) return this.#halve(group);
		await Promise.all(members.map((member) => this.#conclude(member, startedAt, result)));
	}

	/** One device of them, or all, is why the call was refused: nothing of it was sent. */
	async #halve(group: Group): Promise<void> {
		const middle = Math.ceil(group.members.length / 2);
		for (const members of [group.members.slice(0, middle), group.members.slice(middle)]) {
			const until = Math.min(...members.map(({ stored }) => stored.document.lease?.until ?? 0));
			if (await this.#deps.slots.take(until - this.#deps.maxCallMs)) {
				await this.#call({ ...group, members });
				continue;
			}
			const late = { kind: "unreachable", code: "NoCall", message: "no call in time" } as const;
			const now = this.#deps.clock.now();
			await Promise.all(members.map((member) => this.#conclude(member, now, late)));
		}
	}

	async #conclude(member: Member, startedAt: number, result: CallResult): Promise<void> {
		const { stored, resolve, reject } = member;
		try {
			const endedAt = this.#deps.clock.now();
			const pause = FIRST_PAUSE_MS * 2 ** Math.min(stored.document.attempts.length, 5);
			const nextAt = endedAt + Math.min(pause, MAX_PAUSE_MS);
			const change: Move = moveOfCall(stored.document, { startedAt, endedAt, result }, nextAt);
			const after = await record(this.#deps, stored, change);
			const again = change.event === "retry" && after.document.state === "waiting";
			resolve(again ? after : undefined);
		} catch (error) {
			reject(error as Error);
		}
	}
}

/** Nothing more comes of it, not even a late reply. */
function isOver({ state, updatedAt }: Command, now: number): boolean {
	if (!isTerminal(state)) return false;
	return !MAY_REPLY_LATE.has(state) || now - updatedAt > LATE_REPLY_MS;
}
