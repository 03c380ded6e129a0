import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKey, deviceKeys } from "../../shared/command/device.ts";
import { idFrom } from "../../shared/ids.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../../shared/json/exact.ts";
import type { Acceptor } from "../../shared/lifecycle/accept.ts";
import type { Log } from "../../shared/log.ts";
import type { BatchBudget } from "../../shared/reaction/budget.ts";
import { ExpressionError } from "../../shared/reaction/expression.ts";
import { type DeviceEvent, eventDocument } from "../../shared/reaction/reaction.ts";
import { type Rule, toRequest } from "../../shared/reaction/rule.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import type { ReactionStateStore } from "../../shared/store/reaction-state-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { mayPass } from "../../shared/table/table.ts";
import { MAX_STAMP_DISTANCE_MS } from "./platform-time.ts";

export interface ReactDeps {
	readonly acceptor: Acceptor;
	readonly reactionState: ReactionStateStore;
	readonly deadLetters: DeadLetterStore;
	readonly clock: Clock;
	readonly log: Log;
}

/** What became of one rule for one event. */
type Reacted = Stored<Command> | undefined;

/**
 * Carries out the rules that an event matches. What is wrong with one of them
 * becomes a dead letter and holds up no other; only a table store that does not
 * answer is an error.
 *
 * @param rules those whose filter the event passes.
 * @param budget what all evaluations of the batch may take together.
 * @returns the commands that were made, or had been made by an earlier delivery.
 */
export async function react(
	deps: ReactDeps,
	event: DeviceEvent,
	rules: readonly Rule[],
	budget: BatchBudget,
): Promise<Stored<Command>[]> {
	if (rules.length === 0) return [];
	const remember =
		rules.some(({ usesPrevious }) => usesPrevious) && (await lastValueOf(deps, event));
	const document = eventDocument(event, remember ? remember.previous : undefined);
	const commands: Stored<Command>[] = [];
	for (const rule of rules) {
		const command = await reactOnce(deps, event, rule, document, budget);
		if (command) commands.push(command);
	}
	// Last: a delivery that was cut short finds the same previous value again.
	if (remember) await remember.write();
	return commands;
}

async function reactOnce(
	deps: ReactDeps,
	event: DeviceEvent,
	rule: Rule,
	document: ExactObject,
	budget: BatchBudget,
): Promise<Reacted> {
	const { reaction } = rule;
	if (rule.broken !== undefined) {
		await reportBroken(deps, event, rule, rule.broken);
		return undefined;
	}
	try {
		if (!rule.holds(document, budget)) return undefined;
		const cooldown = await cooldownOf(deps, event, rule);
		if (cooldown && !cooldown.over) return undefined;
		const chain = [...(await chainOf(deps, event, rule)), reaction.id];
		if (chain.length > reaction.maxDepth) {
			throw new ExpressionError(
				`loop cut: ${chain.length} reactions have followed from one another within ${reaction.loopWindowSeconds} s each, ${reaction.maxDepth} may (${chain.join(" → ")})`,
			);
		}
		const request = toRequest(rule.render(document, budget), event);
		if (cooldown && !(await cooldown.begin())) return undefined;
		const [accepted] = await Promise.all([
			deps.acceptor.accept({
				request,
				source: {
					type: "reaction",
					ref: `${reaction.id} ${event.id}`,
					...(reaction.by === undefined ? {} : { by: reaction.by }),
					reaction: reaction.id,
				},
				id: idFrom("reaction", reaction.id, event.id),
			}),
			noteCause(deps, request.device, event, chain),
		]);
		return accepted.outcome === "conflict" ? undefined : accepted.stored;
	} catch (error) {
		if (mayPass(error)) throw error;
		const problem = error instanceof ExpressionError ? error.message : String(error);
		await deadLetter(deps, event, rule, problem);
		return undefined;
	}
}

/** Whether the reaction may do something for this device again, and how it then says that it does. */
async function cooldownOf(
	{ reactionState, clock }: ReactDeps,
	event: DeviceEvent,
	{ reaction }: Rule,
) {
	if (reaction.cooldownSeconds === 0) return undefined;
	const key = stateKey(event);
	const standing = await reactionState.cooldown(key, reaction.id);
	// The event that began it may go on where an earlier delivery was cut short.
	const own = standing?.eventId === event.id;
	const until = event.at + reaction.cooldownSeconds * 1000;
	const begun = { until, eventId: event.id };
	// One that ends later than any can was begun by a clock that was wrong.
	const longest = clock.now() + reaction.cooldownSeconds * 1000 + MAX_STAMP_DISTANCE_MS;
	return {
		over: own || !standing || event.at >= standing.until || standing.until > longest,
		begin: async () => own || reactionState.beginCooldown(key, reaction.id, begun, standing),
	};
}

/** The reactions that this event may well be the effect of. */
async function chainOf(
	{ reactionState, clock }: ReactDeps,
	event: DeviceEvent,
	{ reaction }: Rule,
): Promise<readonly string[]> {
	const since = clock.now() - reaction.loopWindowSeconds * 1000;
	const causes = await Promise.all(deviceKeys(event.device).map((key) => reactionState.cause(key)));
	let longest: readonly string[] = [];
	for (const cause of causes) {
		// What this very event has caused, at an earlier delivery, was not before it.
		if (!cause || cause.eventId === event.id || cause.at < since) continue;
		if (cause.chain.length > longest.length) longest = cause.chain;
	}
	return longest;
}

/** Under one of the device's names: what the platform reports of it carries them all. */
async function noteCause(
	{ reactionState, clock }: ReactDeps,
	device: DeviceRef,
	event: DeviceEvent,
	chain: readonly string[],
): Promise<void> {
	await reactionState.setCause(deviceKey(device), {
		chain,
		at: clock.now(),
		eventId: event.id,
	});
}

/** The value that a property had before this event, as often as the event comes, and how to remember the new one. */
async function lastValueOf({ reactionState, clock }: ReactDeps, event: DeviceEvent) {
	const { identifier, source, id, at } = event;
	if (source !== "property" || identifier === undefined || !isKeyPart(identifier)) return undefined;
	const key = stateKey(event);
	const last = await reactionState.lastValue(key, identifier);
	if (last?.eventId === id) return { previous: known(last.before), write: async () => {} };
	// A post that was overtaken by a newer one crosses no threshold, and is not what the property is now.
	const isNewer = last && last.at > at && last.at <= clock.now() + MAX_STAMP_DISTANCE_MS;
	if (isNewer) return { previous: undefined, write: async () => {} };
	const before = last ? { before: last.value } : {};
	const value = { value: kept(event.fields["value"] ?? null), at, eventId: id, ...before };
	return {
		previous: last && known(last.value),
		write: () => reactionState.setLastValue(key, identifier, value),
	};
}

/** No thing model has a longer identifier, and a key has room for 1 KB. */
const MAX_IDENTIFIER_LENGTH = 128;

const isKeyPart = (identifier: string): boolean =>
	identifier.length <= MAX_IDENTIFIER_LENGTH && !/\p{Cs}/u.test(identifier);

/** A value as it is remembered, with the digits of its numbers. */
const kept = (value: ExactJson) => ({ exact: stringifyExact(value) });

/** What was remembered; rows of an earlier version hold the value itself. */
function known(value: unknown): ExactJson | undefined {
	if (value === undefined) return undefined;
	const json = parseExact(JSON.stringify(value));
	const exact = isExactObject(json) ? json["exact"] : undefined;
	return typeof exact === "string" ? parseExact(exact) : json;
}

/** One name of the device for what is remembered of it; a message without a device has a place of its own. */
const stateKey = ({ device }: DeviceEvent): string => deviceKeys(device)[0] ?? "";

async function deadLetter(
	{ deadLetters, log }: ReactDeps,
	event: DeviceEvent,
	{ reaction }: Rule,
	problem: string,
): Promise<void> {
	const reason = `reaction ${reaction.id}: ${problem}`;
	const letter = await deadLetters.add(
		{
			at: event.at,
			source: { type: "queue", ref: `${reaction.id} ${event.id}` },
			reason,
			text: stringifyExact(event.fields["body"] ?? event.fields),
		},
		`reaction ${reaction.id} ${event.id}`,
	);
	log.warn("a reaction became a dead letter", { reason, deadLetter: letter.id });
}

const reported = new WeakSet<Rule>();

/** One dead letter for each version of a reaction that can do nothing, however many events it misses. */
async function reportBroken(
	deps: ReactDeps,
	event: DeviceEvent,
	rule: Rule,
	problem: string,
): Promise<void> {
	if (reported.has(rule)) return;
	const version = { ...event, id: "cannot be carried out", at: rule.reaction.updatedAt };
	await deadLetter(deps, version, rule, `cannot be carried out: ${problem}`);
	reported.add(rule);
}
