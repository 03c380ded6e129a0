import { STATES } from "../../../shared/command/state.ts";
import { allCounts, ofAllWaves, type Seen } from "../../../shared/job/counts.ts";
import type { Counts, Job, Targets, Wave } from "../../../shared/job/job.ts";
import { rateAfter } from "../../../shared/job/rate.ts";
import { presentWave } from "../../../shared/job/waves.ts";
import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	parseExact,
} from "../../../shared/json/exact.ts";

type Fields = Record<string, ExactJson | undefined>;

/** A job as the HTTP API shows it: the counts are those of its commands. */
export function jobView(job: Job, seen: Seen, now: number): ExactObject {
	const { counts, waves } = allCounts(job, seen, now);
	return present({
		id: job.id,
		name: job.name,
		state: job.state,
		reason: job.reason,
		targets: job.found && number(job.found.total),
		counts: job.found && countsView(counts),
		waves: job.waves.map((wave, index) =>
			present({
				...waveSize(wave),
				state: waveState(job, index),
				targets: job.found && number(waves[index]?.targets ?? 0),
				counts: job.found && countsView(waves[index]?.counts ?? {}),
				startedAt: time(job.progress[index]?.startedAt),
				endedAt: time(job.progress[index]?.endedAt),
			}),
		),
		rate: job.rate && rateView(job, ofAllWaves(seen).succeeded ?? 0),
		plan: definitionView(job),
		resolvedAt: time(job.found?.resolvedAt),
		by: job.by,
		createdAt: time(job.createdAt),
		updatedAt: time(job.updatedAt),
	});
}

/** What its owner said, in the form in which it is said. */
function definitionView(job: Job): ExactObject {
	const { args, argsForm, ...command } = job.command;
	return present({
		targets: targetsView(job.targets),
		membership: job.membership,
		command: present({
			...plain(command),
			args: argsForm === "text" ? args : parseExact(args),
		}),
		waves: job.waves.map(waveSize),
		advance: job.advance,
		soakSeconds: number(job.soakSeconds),
		rate: job.rate && rateView(job, 0),
		stop: job.stop.map((rule) => present({ ...plain(rule), states: [...rule.states] })),
		window: job.window && present(plain(job.window)),
		startAt: time(job.startAt),
		endAt: time(job.endAt),
	});
}

function rateView({ rate }: Job, succeeded: number): ExactObject | undefined {
	if (!rate) return undefined;
	return present({
		...plain({ ...rate.growth }),
		perSecond: number(rateAfter(rate, succeeded)),
	});
}

function targetsView(targets: Targets): ExactObject {
	const { kind, ...rest } = targets;
	if (targets.kind === "devices") return { devices: number(targets.count) };
	return present({ kind: undefined, ...plain(rest) });
}

/** `pending` until its turn comes, `running`, and `completed` once all its devices have ended. */
function waveState(job: Job, index: number): string {
	if (job.progress[index]?.endedAt !== undefined) return "completed";
	if (index > presentWave(job)) return "pending";
	return job.state === "completed" || job.state === "canceled" ? job.state : "running";
}

const waveSize = (wave: Wave): ExactObject => present(plain(wave));

function countsView(counts: Counts): ExactObject {
	const shown = STATES.filter((state) => counts[state]);
	return Object.fromEntries(shown.map((state) => [state, number(counts[state] ?? 0)]));
}

const number = (value: number) => exactNumber(String(value));
const time = (ms: number | undefined) =>
	ms === undefined ? undefined : new Date(ms).toISOString();

/** Numbers as exact ones; all else as it is. */
const plain = (fields: object): Fields =>
	Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			typeof value === "number" ? number(value) : (value as ExactJson),
		]),
	);

function present(fields: Fields): ExactObject {
	return Object.fromEntries(
		Object.entries(fields).filter((entry): entry is [string, ExactJson] => entry[1] !== undefined),
	);
}
