import { fullRate, nextRate, type Rate, type RateLimits, type Traffic } from "./rate.ts";
import { shareOut } from "./share-out.ts";
import { callsIn, PERIOD_SLICES, periodOf, SLICE_MS, startOf } from "./slice.ts";
import type { UsagePart } from "./usage.ts";

/** What an instance tells the others, in a row of its own that nobody else writes. */
export interface Member {
	readonly instance: string;
	/** By its own clock. */
	readonly at: number;
	/** Calls that it could make in the coming slice; nothing of either: it takes no part. */
	readonly wishes: { readonly interactive: number; readonly bulk: number };
	/** Calls since the instance began. */
	readonly sent: number;
	readonly throttled: number;
	/** Calls that it wanted from the reserve since the instance began. */
	readonly reserveWanted: number;
	/** The last minute's calls. */
	readonly usage: readonly UsagePart[];
	/** The rate in the newest plan that it knows: others may have missed it. */
	readonly found?: { readonly slice: number; readonly rate: Rate };
}

/** Who may make how many calls in one slice. Written once, by whoever is first, and never changed. */
export interface Plan {
	readonly slice: number;
	/** The calls are spread between this time and the slice's end. */
	readonly from: number;
	readonly grants: ReadonlyArray<{ readonly instance: string; readonly calls: number }>;
	/** Calls kept out of this second's plans, beyond the standing reserve. */
	readonly extraReserve: number;
	/** Fraction of a call that is left over for the next slice. */
	readonly carry: number;
	readonly rate: Rate;
	readonly seen: Readonly<Record<string, Counters>>;
	/** Calls of the reserve wanted lately, a second. */
	readonly reserveDemand: number;
}

interface Counters {
	readonly sent: number;
	readonly throttled: number;
	readonly reserveWanted: number;
}

export interface QuotaLimits {
	/** The account's limit, in calls a second. */
	readonly perSecond: number;
	/** How much of that this bundle may use: above 0, at most 1. */
	readonly share: number;
	/** The most instances there can be. */
	readonly maxInstances: number;
}

/**
 * Never planned: interactive commands of instances without a grant claim it,
 * and calls that are early or late by the network's jitter find room in it.
 */
const RESERVE_SHARE = 0.008;
/** Silent for so long, an instance is dead or cut off from the table store; clocks may differ by 400 ms. */
const SILENT_AFTER_MS = 1_500;
/** For so long, one that fell silent may still be sending at its static share. */
const CUT_OFF_MS = 10_000;
/** A rate is remembered for so long after its plan. */
const REMEMBERED_SLICES = 60_000 / SLICE_MS;
const DEMAND_SMOOTHING = 0.1;
/** Before anything is known, interactive commands are expected to want this share. */
const FIRST_DEMAND_SHARE = 0.02;
/** Arrivals by chance exceed their mean by more than this many standard deviations once in 700 seconds. */
const DEVIATIONS = 3;

/** Calls of a slice's second that can always be claimed, planned or not. */
export function standingReserve(slice: number, { perSecond, share }: QuotaLimits): number {
	const each = perSecond * share * RESERVE_SHARE;
	const period = periodOf(slice);
	return Math.floor(each * (period + 1)) - Math.floor(each * period);
}

/** Calls of a slice's second that can be claimed. */
export const reserveOf = (plan: Plan | undefined, slice: number, limits: QuotaLimits): number =>
	standingReserve(slice, limits) + (plan?.extraReserve ?? 0);

/** What an instance that cannot reach the table store may send, in calls a second. */
const staticShare = (limits: QuotaLimits): number =>
	(limits.perSecond * limits.share) / limits.maxInstances;

/**
 * The plan of a slice, from the rows of all instances and the plan before it.
 * @param now in milliseconds; what lies before it is no longer planned.
 */
export function drawUp(
	slice: number,
	now: number,
	members: readonly Member[],
	previous: Plan | undefined,
	limits: QuotaLimits,
): Plan {
	const from = Math.max(now, startOf(slice));
	const allowed = limits.perSecond * limits.share;
	const rateLimits = { account: limits.perSecond, most: allowed * (1 - RESERVE_SHARE) };
	const { traffic, reserveWanted } = since(previous, members);
	const rate = previous
		? nextRate(previous.rate, slice, traffic, rateLimits)
		: remembered(members, slice, rateLimits);
	const reserveDemand =
		(previous?.reserveDemand ?? allowed * FIRST_DEMAND_SHARE) * (1 - DEMAND_SMOOTHING) +
		reserveWanted * PERIOD_SLICES * DEMAND_SMOOTHING;
	const extraReserve =
		previous && periodOf(previous.slice) === periodOf(slice)
			? previous.extraReserve
			: extraFor(reserveDemand, standingReserve(slice, limits), rate.perSecond / 2);

	const wanting = members.filter(({ wishes }) => wishes.interactive + wishes.bulk > 0);
	const active = wanting
		.filter(({ at }) => now - at < SILENT_AFTER_MS)
		.sort((left, right) => (left.instance < right.instance ? -1 : 1));
	const cutOff = wanting.filter(
		({ at }) => now - at >= SILENT_AFTER_MS && now - at < CUT_OFF_MS,
	).length;
	const perSecond = rate.perSecond - extraReserve - cutOff * staticShare(limits);
	const lengthMs = Math.max(0, startOf(slice) + SLICE_MS - from);
	const exact = callsIn(Math.max(0, perSecond), lengthMs) + (previous?.carry ?? 0);
	const budget = Math.floor(exact);
	return {
		slice,
		from,
		grants: grantsOf(budget, active, slice),
		extraReserve,
		carry: exact - budget,
		rate,
		seen: Object.fromEntries(members.map((member) => [member.instance, countersOf(member)])),
		reserveDemand,
	};
}

/** First what interactive commands wish for, then bulk, and what is over to all. */
function grantsOf(budget: number, members: readonly Member[], turn: number): Plan["grants"] {
	const wished = members.map(({ wishes }) => wishes.interactive);
	const interactive = shareOut(Math.min(budget, sum(wished)), wished, turn);
	const bulk = shareOut(
		budget - sum(interactive),
		members.map(({ wishes }) => wishes.bulk),
		turn,
	);
	return members.map(({ instance }, index) => ({
		instance,
		calls: (interactive[index] ?? 0) + (bulk[index] ?? 0),
	}));
}

function extraFor(demand: number, standing: number, most: number): number {
	const enough = Math.ceil(demand + DEVIATIONS * Math.sqrt(demand));
	return Math.min(Math.floor(most), Math.max(0, enough - standing));
}

function remembered(members: readonly Member[], slice: number, limits: RateLimits): Rate {
	let newest: Member["found"];
	for (const { found } of members) {
		if (found && found.slice > (newest?.slice ?? slice - REMEMBERED_SLICES)) newest = found;
	}
	return newest
		? nextRate({ ...newest.rate, traffic: [] }, slice, NOTHING, limits)
		: fullRate(limits);
}

const NOTHING: Traffic = { sent: 0, throttled: 0 };

const countersOf = ({ sent, throttled, reserveWanted }: Member): Counters => ({
	sent,
	throttled,
	reserveWanted,
});

function since(
	previous: Plan | undefined,
	members: readonly Member[],
): { traffic: Traffic; reserveWanted: number } {
	let sent = 0;
	let throttled = 0;
	let reserveWanted = 0;
	for (const member of members) {
		const before = previous?.seen[member.instance];
		if (!before) continue;
		sent += member.sent - before.sent;
		throttled += member.throttled - before.throttled;
		reserveWanted += member.reserveWanted - before.reserveWanted;
	}
	return { traffic: { sent, throttled }, reserveWanted };
}

/** When an instance may make its calls: evenly, and between those of the others. */
export function callTimes(plan: Plan, instance: string): number[] {
	const rank = plan.grants.findIndex((grant) => grant.instance === instance);
	const calls = plan.grants[rank]?.calls ?? 0;
	const step = (startOf(plan.slice) + SLICE_MS - plan.from) / calls;
	const phase = (rank + 0.5) / plan.grants.length;
	return Array.from({ length: calls }, (_, index) => plan.from + (index + phase) * step);
}

/** When an instance may make its calls while it knows nothing of the others. */
export function staticCallTimes(slice: number, limits: QuotaLimits, phase: number): number[] {
	const each = callsIn(staticShare(limits), SLICE_MS);
	const first = Math.ceil(slice * each - phase);
	const end = Math.ceil((slice + 1) * each - phase);
	return Array.from(
		{ length: end - first },
		(_, index) => ((first + index + phase) / each) * SLICE_MS,
	);
}

const sum = (values: readonly number[]): number =>
	values.reduce((total, value) => total + value, 0);
