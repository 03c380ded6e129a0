import {
	type Book,
	type Counters,
	callsIn,
	endOf,
	type Member,
	type QuotaLimits,
	type Slice,
	secondOf,
	startOfSecond,
	wishOf,
} from "./book.ts";
import { fullRate, nextRate, type Rate, type Traffic } from "./rate.ts";
import { plannable, standingReserve, staticShare } from "./reserve.ts";
import { shareOut } from "./share-out.ts";

/**
 * The next slices are drawn up while the last ones still run: the leader reads
 * (one round trip), writes (another one), the others read (a third).
 */
const LEAD_TRIPS = 3;
const LEAD_MARGIN_MS = 120;
/** And reach so much farther, because a leader reads and writes before it can begin with the next ones. */
const REACH_TRIPS = 2;
/** Plans reach to the end of a second; in an unclear situation they are short. */
const SECOND_MS = 1000;
const SHORT_MS = 250;
/** Silent for so long and some round trips, an instance is dead or cut off; clocks may differ by 400 ms. */
const SILENT_AFTER_MS = 2_000;
const SILENT_TRIPS = 4;
/** For so long, one that fell silent may still be sending at its static share. */
export const CUT_OFF_MS = 10_000;
/** A rate is remembered for so long after its plan. */
const REMEMBERED_MS = 60_000;
/** After a longer gap nobody is taken for one who only could not be heard. */
const LONGEST_GAP_MS = 60_000;
/** Older slices are nobody's concern. */
const KEEP_MS = 2_000;
/** Weight of one second in the demand for the reserve; it is told in lumps, and quickly forgotten where there is none. */
const DEMAND_SMOOTHING = { some: 0.1, none: 0.35 };
/** Before anything is known, interactive commands are expected to want this share. */
const FIRST_DEMAND_SHARE = 0.02;
/** Arrivals by chance exceed their mean by more than this many standard deviations once in 700 seconds. */
const DEVIATIONS = 3;

/**
 * Continues the plan, from what all instances say.
 * @param me who draws it up.
 * @param now in milliseconds; what lies before it is no longer planned.
 */
export function drawUp(
	previous: Book | undefined,
	me: Member,
	others: readonly Member[],
	now: number,
	limits: QuotaLimits,
): Book {
	const members = newest([...others, ...(previous ? [previous.leader] : []), me]);
	const gap = gapBefore(previous, now, me.roundTripMs);
	const { active, silent } = judge(members, gap, now);
	const roundTripMs = Math.max(...active.map((member) => member.roundTripMs), me.roundTripMs);
	const leadMs = LEAD_TRIPS * roundTripMs + LEAD_MARGIN_MS;
	const from = Math.max(gap.to, endOf(previous));

	const traffic = since(previous, members, now);
	const asOf = Math.min(now, ...active.map(({ at }) => at));
	const rate = rateOf(previous, { from, asOf }, traffic, limits);
	const before = previous?.reserveDemand ?? limits.perSecond * limits.share * FIRST_DEMAND_SHARE;
	const wanted = (traffic.reserveWanted * SECOND_MS) / traffic.ms;
	const smoothing = DEMAND_SMOOTHING[wanted > 0 ? "some" : "none"];
	const weight = 1 - (1 - smoothing) ** (traffic.ms / SECOND_MS);
	const reserveDemand = before + weight * (wanted - before);

	const unclear = rate.cut !== undefined || from > endOf(previous);
	const step = unclear ? SHORT_MS : SECOND_MS;
	const reach = Math.max(now + leadMs, from) + REACH_TRIPS * roundTripMs;
	const to = Math.ceil(reach / step) * step;
	const slices = (previous?.slices ?? []).filter((slice) => slice.to > now - KEEP_MS);
	let carry = previous?.carry ?? 0;
	for (let start = from; start < to; start = slices.at(-1)?.to ?? to) {
		const second = secondOf(start);
		const end = Math.min(to, startOfSecond(second + 1));
		const last = slices.at(-1);
		const extraReserve =
			last && secondOf(last.from) === second
				? last.extraReserve
				: extraFor(reserveDemand, standingReserve(second, limits), rate.perSecond / 2);
		const perSecond = Math.max(0, rate.perSecond - extraReserve);
		const exact = callsIn(perSecond, end - start) + carry;
		const budget = Math.floor(exact);
		carry = exact - budget;
		const kept = keptFor(silent, budget, start, end, limits);
		const rest = budget - sum(kept.map(({ calls }) => calls));
		const grants = [...grantsOf(rest, active, start, end), ...kept];
		slices.push({ from: start, to: end, grants, extraReserve });
	}
	return {
		version: (previous?.version ?? 0) + 1,
		writtenAt: now,
		leader: me,
		slices,
		leadMs,
		gap,
		carry,
		rate,
		seen: Object.fromEntries(members.map((member) => [member.instance, countersOf(member)])),
		reserveDemand,
	};
}

/** What each said last. */
export function newest(said: readonly Member[]): Member[] {
	const members = new Map<string, Member>();
	for (const member of said) {
		if (member.at >= (members.get(member.instance)?.at ?? 0)) members.set(member.instance, member);
	}
	return [...members.values()].sort((left, right) => (left.instance < right.instance ? -1 : 1));
}

/** Writing takes a round trip: whatever is planned for before then comes too late. */
function gapBefore(previous: Book | undefined, now: number, roundTripMs: number): Book["gap"] {
	const end = endOf(previous);
	if (previous && end > now) return previous.gap;
	return { from: now - end > LONGEST_GAP_MS ? now : end, to: now + roundTripMs };
}

/**
 * Who takes part, and who cannot be heard: those may be going on with their
 * static share, so they are left that.
 */
function judge(
	members: readonly Member[],
	gap: Book["gap"],
	now: number,
): { active: readonly Member[]; silent: readonly Member[] } {
	const active: Member[] = [];
	const silent: Member[] = [];
	for (const member of members) {
		const trips = SILENT_TRIPS * member.roundTripMs;
		const patience = SILENT_AFTER_MS + trips;
		// Nobody was heard in a gap, and whoever was there before it is likely to be there still.
		const at = member.at > gap.from - patience ? Math.max(member.at, gap.to) : member.at;
		if (wishOf(member) === 0 || now - at >= CUT_OFF_MS + trips) continue;
		(now - member.at < patience ? active : silent).push(member);
	}
	return { active, silent };
}

/** What those may be sending who cannot be heard. */
function keptFor(
	members: readonly Member[],
	budget: number,
	from: number,
	to: number,
	limits: QuotaLimits,
): Slice["grants"] {
	const each = members.map((member) =>
		callsIn(Math.min(wishOf(member), staticShare(limits)), to - from),
	);
	const total = Math.min(budget, Math.round(sum(each)));
	const calls = shareOut(total, each.map(Math.ceil), turnAt(from));
	return members.map(({ instance }, index) => ({ instance, calls: calls[index] ?? 0 }));
}

/** First what interactive commands wish for, then bulk, and what is over to all. */
function grantsOf(
	budget: number,
	members: readonly Member[],
	from: number,
	to: number,
): Slice["grants"] {
	const turn = turnAt(from);
	const wish = (lane: keyof Member["wishes"]) =>
		members.map(({ wishes }) => Math.ceil(callsIn(wishes[lane], to - from)));
	const wished = wish("interactive");
	const interactive = shareOut(Math.min(budget, sum(wished)), wished, turn);
	const bulk = shareOut(budget - sum(interactive), wish("bulk"), turn);
	return members.map(({ instance }, index) => ({
		instance,
		calls: (interactive[index] ?? 0) + (bulk[index] ?? 0),
	}));
}

/** Calls that do not divide evenly go to another one in each slice. */
const turnAt = (from: number): number => Math.floor(from / SHORT_MS);

function extraFor(demand: number, standing: number, most: number): number {
	const enough = Math.ceil(demand + DEVIATIONS * Math.sqrt(demand));
	return Math.min(Math.floor(most), Math.max(0, enough - standing));
}

function rateOf(
	previous: Book | undefined,
	times: { readonly from: number; readonly asOf: number },
	traffic: Traffic,
	limits: QuotaLimits,
): Rate {
	const rateLimits = { account: limits.perSecond, most: plannable(limits) };
	const known = previous && times.from - endOf(previous) < REMEMBERED_MS;
	return known ? nextRate(previous.rate, times, traffic, rateLimits) : fullRate(rateLimits);
}

const countersOf = ({ at, sent, throttled, reserveWanted }: Member): Counters => ({
	at,
	sent,
	throttled,
	reserveWanted,
});

function since(
	previous: Book | undefined,
	members: readonly Member[],
	now: number,
): Traffic & { readonly reserveWanted: number } {
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
	const ms = Math.max(1, now - (previous?.writtenAt ?? now - SECOND_MS));
	return {
		ms,
		sent: atLeast0(sent),
		throttled: atLeast0(throttled),
		reserveWanted: atLeast0(reserveWanted),
	};
}

/** Counters begin anew with each process. */
const atLeast0 = (count: number): number => Math.max(0, count);

const sum = (values: readonly number[]): number =>
	values.reduce((total, value) => total + value, 0);
