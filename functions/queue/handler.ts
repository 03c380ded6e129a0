import pLimit from "p-limit";
import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { deviceKeys } from "../../shared/command/device.ts";
import type { FcContext } from "../../shared/fc/context.ts";
import { type QueueMessage, readQueueEvent } from "../../shared/fc/queue-event.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import { idFrom } from "../../shared/ids.ts";
import type { Acceptor } from "../../shared/lifecycle/accept.ts";
import { applyReply, type ReplyDeps } from "../../shared/lifecycle/reply.ts";
import type { Log } from "../../shared/log.ts";
import { BatchBudget } from "../../shared/reaction/budget.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { type Content, classify } from "./classify.ts";
import { deviceEvents } from "./device-events.ts";
import { InTurn } from "./in-turn.ts";
import { type ReactDeps, react } from "./react.ts";
import type { ReactionBook } from "./reaction-book.ts";
import { noteDevice, type RegistryDeps } from "./registry.ts";
import { replyTogether, serviceOf, type TogetherDeps } from "./reply-together.ts";
import { unpark } from "./unpark.ts";

export interface QueueDeps extends ReplyDeps, ReactDeps, RegistryDeps, TogetherDeps {
	readonly reactions: Pick<ReactionBook, "current">;
	readonly acceptor: Acceptor;
	readonly deadLetters: DeadLetterStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

/** How many messages of each kind the batch held. */
export type QueueResult = Readonly<Record<Content["kind"], number>>;

/** A batch has up to 10,000 messages; this many are under way at once. */
const CONCURRENCY = 200;

/**
 * Takes a batch of messages, whatever queue it comes from. A message that is
 * noise becomes a dead letter and holds up nobody. Only what may pass, such as
 * a table store that does not answer, fails the batch: it comes back whole,
 * and every message of it is idempotent.
 */
export function createHandler(ofProcess: QueueDeps) {
	return async (event: Buffer, context: FcContext): Promise<QueueResult> => {
		const deps = { ...ofProcess, log: ofProcess.log.with({ requestId: context.requestId }) };
		const limit = pLimit(CONCURRENCY);
		const counts = { command: 0, reply: 0, status: 0, telemetry: 0, noise: 0 };
		const accepted: Stored<Command>[] = [];
		const reactions = await deps.reactions.current();
		const devices = new InTurn();
		const budget = new BatchBudget();
		const results = await Promise.allSettled(
			readQueueEvent(event).map((message, index) =>
				limit(async () => {
					// Without an id of its own, a message is its place in this invocation, which retries keep.
					const identity = message.id ?? `${context.requestId}/${index}`;
					const content = classify(message.content);
					const events = deviceEvents(content, message, identity, deps.clock.now()).flatMap(
						(event) => {
							const rules = reactions.matching(event);
							return rules.length > 0 ? [{ event, rules }] : [];
						},
					);
					const commands = devices.run(
						events[0] && deviceKeys(events[0].event.device)[0],
						async () => {
							const made: Stored<Command>[] = [];
							for (const { event, rules } of events)
								made.push(...(await react(deps, event, rules, budget)));
							return made;
						},
					);
					// What somebody reacts to is no noise.
					const known = content.kind === "noise" && events.length > 0;
					const taken = known
						? ({ kind: "telemetry" } as const)
						: await take(deps, message, identity, content);
					counts[taken.kind]++;
					if (taken.command) accepted.push(taken.command);
					accepted.push(...(await commands));
				}),
			),
		);
		await deps.acceptor.wake(accepted);
		const failures = results.filter((result) => result.status === "rejected");
		if (failures.length > 0) {
			throw new Error(
				`${failures.length} of ${results.length} messages failed: ${failures[0]?.reason}`,
			);
		}
		deps.log.debug("batch", counts);
		return counts;
	};
}

interface Taken {
	readonly kind: Content["kind"];
	readonly command?: Stored<Command>;
}

async function take(
	deps: QueueDeps,
	message: QueueMessage,
	identity: string,
	content: Content,
): Promise<Taken> {
	switch (content.kind) {
		case "command": {
			const accepted = await deps.acceptor.accept({
				request: content.request,
				source: { type: "queue", ref: identity },
				...(content.idempotencyKey === undefined
					? { id: idFrom("message", message.origin, identity) }
					: { idempotencyKey: JSON.stringify(["key", content.idempotencyKey]) }),
			});
			if (accepted.outcome !== "conflict") return { kind: "command", command: accepted.stored };
			const reason = `its idempotency key stands for another command, ${accepted.commandId}`;
			await deadLetter(deps, message, identity, reason);
			return { kind: "noise" };
		}
		case "reply":
			await takeReply(deps, content);
			return { kind: "reply" };
		case "status":
			await Promise.all([
				noteDevice(deps, content),
				content.online ? unpark(deps, content.device) : undefined,
			]);
			return { kind: "status" };
		case "telemetry":
			await noteDevice(deps, content);
			return { kind: "telemetry" };
		case "noise":
			await deadLetter(deps, message, identity, content.reason);
			return { kind: "noise" };
	}
}

/** A reply that no command awaits yet is kept, and found by the command. */
async function takeReply(
	deps: QueueDeps,
	{ device, messageId, reply: said, body }: Extract<Content, { kind: "reply" }>,
): Promise<void> {
	const reply = { ...said, at: deps.clock.now() };
	const service = serviceOf(body["topic"]);
	const commandId = await deps.replies.meet(
		messageId,
		deviceKeys(device),
		reply,
		async () =>
			service !== undefined && (await replyTogether(deps, device, service, messageId, reply)),
	);
	if (commandId !== undefined) await applyReply(deps, commandId, messageId, reply);
}

async function deadLetter(
	deps: QueueDeps,
	message: QueueMessage,
	identity: string,
	reason: string,
): Promise<void> {
	const letter = await deps.deadLetters.add(
		{
			at: message.sentAt ?? deps.clock.now(),
			source: { type: "queue", ref: `${message.origin} ${identity}`.trim() },
			reason,
			text: message.text,
		},
		`${message.origin} ${identity}`,
	);
	deps.log.warn("a message became a dead letter", { reason, deadLetter: letter.id });
}
