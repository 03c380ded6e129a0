import pLimit from "p-limit";
import type { Clock } from "../../shared/clock.ts";
import type { Command, CommandRequest } from "../../shared/command/command.ts";
import { deviceKeys } from "../../shared/command/device.ts";
import type { FcContext } from "../../shared/fc/context.ts";
import type { QueueMessage } from "../../shared/fc/queue-event.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import { idFrom } from "../../shared/ids.ts";
import { accountKey } from "../../shared/key/key.ts";
import type { Acceptor } from "../../shared/lifecycle/accept.ts";
import { applyReply, type ReplyDeps } from "../../shared/lifecycle/reply.ts";
import type { Log } from "../../shared/log.ts";
import { BatchBudget } from "../../shared/reaction/budget.ts";
import type { ReactionIndex } from "../../shared/reaction/index-by-key.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { mayPass } from "../../shared/table/table.ts";
import { type Content, classify } from "./classify.ts";
import { deadLetter, noteFailure } from "./dead-letter.ts";
import { deviceEvents } from "./device-events.ts";
import { type Arrival, arrivalsOf, type DoorNames } from "./doors.ts";
import { InTurn } from "./in-turn.ts";
import { type ReactDeps, react } from "./react.ts";
import type { ReactionBook } from "./reaction-book.ts";
import { noteDevice, type RegistryDeps } from "./registry.ts";
import { type JobReplyDeps, replyOfJob } from "./reply-of-job.ts";
import { replyTogether, type TogetherDeps } from "./reply-together.ts";
import { isOutdated } from "./status-order.ts";
import { unpark } from "./unpark.ts";

export interface QueueDeps extends ReplyDeps, ReactDeps, RegistryDeps, JobReplyDeps, TogetherDeps {
	readonly reactions: Pick<ReactionBook, "current">;
	readonly acceptor: Acceptor;
	readonly deadLetters: DeadLetterStore;
	readonly worker: WorkerInvoker;
	readonly doors: DoorNames;
	readonly clock: Clock;
	readonly log: Log;
}

/** How many messages of each kind the batch held. */
export type QueueResult = Readonly<Record<Content["kind"], number>>;

/** A batch has up to 10,000 messages; this many are under way at once. */
const CONCURRENCY = 200;

/** What all messages of a batch share. */
interface Batch {
	readonly reactions: ReactionIndex;
	readonly budget: BatchBudget;
	readonly devices: InTurn;
	readonly accepted: Stored<Command>[];
}

/**
 * Takes a batch of messages, whatever queue it comes from. A message that is
 * noise, or that nothing can be done with, becomes a dead letter and holds up
 * nobody. Only what may pass, such as a table store that does not answer, fails
 * the batch: it comes back whole, and every message of it is idempotent.
 */
export function createHandler(ofProcess: QueueDeps) {
	return async (event: Buffer, context: FcContext): Promise<QueueResult> => {
		const deps = { ...ofProcess, log: ofProcess.log.with({ requestId: context.requestId }) };
		const limit = pLimit(CONCURRENCY);
		const counts = { command: 0, reply: 0, status: 0, telemetry: 0, noise: 0 };
		const reactions = await deps.reactions.current();
		const { messages, failures } = arrivalsOf(event, deps.doors);
		const batch: Batch = {
			reactions,
			budget: new BatchBudget(),
			devices: new InTurn(),
			accepted: [],
		};
		const results = await Promise.allSettled([
			...messages.map((arrival, index) =>
				limit(async () => {
					// Without an id of its own, a message is its place in this invocation, which retries keep.
					const identity = arrival.message.id ?? `${context.requestId}/${index}`;
					counts[await takeOrBury(deps, batch, arrival, identity)]++;
				}),
			),
			...failures.map(({ message, record }) => limit(() => noteFailure(deps, message, record))),
		]);
		await deps.acceptor.wake(batch.accepted);
		const failed = results.filter((result) => result.status === "rejected");
		if (failed.length > 0) {
			throw new Error(
				`${failed.length} of ${results.length} messages failed: ${failed[0]?.reason}`,
			);
		}
		deps.log.debug("batch", counts);
		return counts;
	};
}

/** @throws Error only if it may pass. */
async function takeOrBury(
	deps: QueueDeps,
	batch: Batch,
	arrival: Arrival,
	identity: string,
): Promise<Content["kind"]> {
	try {
		return await takeAndReact(deps, batch, arrival, identity);
	} catch (error) {
		if (mayPass(error)) throw error;
		await deadLetter(deps, arrival.message, identity, `it cannot be taken: ${String(error)}`);
		return "noise";
	}
}

async function takeAndReact(
	deps: QueueDeps,
	{ reactions, budget, devices, accepted }: Batch,
	arrival: Arrival,
	identity: string,
): Promise<Content["kind"]> {
	const { message } = arrival;
	const content: Content =
		message.unreadable === undefined
			? classify(message.content, arrival.door)
			: { kind: "noise", reason: `it cannot be read: ${message.unreadable}` };
	const events = deviceEvents(content, message, identity, deps.clock.now());
	const watched = events.some((event) => reactions.watches(event));
	const reacting = devices.run(events[0] && deviceKeys(events[0].device)[0], async () => {
		if (!watched || (await isOutdated(deps, content, events[0]))) return false;
		let any = false;
		for (const event of events) {
			const rules = reactions.matching(event);
			if (rules.length > 0) any = true;
			accepted.push(...(await react(deps, event, rules, budget)));
		}
		return any;
	});
	// What somebody reacts to is no noise.
	if (content.kind === "noise" && watched && (await reacting)) return "telemetry";
	const taken = await take(deps, arrival, identity, content).finally(() => settled(reacting));
	if (taken.command) accepted.push(taken.command);
	await reacting;
	return taken.kind;
}

const settled = (promise: Promise<unknown>) =>
	promise.then(
		() => {},
		() => {},
	);

interface Taken {
	readonly kind: Content["kind"];
	readonly command?: Stored<Command>;
}

async function take(
	deps: QueueDeps,
	{ message, gaveUp }: Arrival,
	identity: string,
	content: Content,
): Promise<Taken> {
	switch (content.kind) {
		case "command": {
			const late = gaveUp && tooLate(content.request, message, deps.clock.now());
			if (late) {
				await deadLetter(deps, message, identity, late);
				return { kind: "noise" };
			}
			const accepted = await deps.acceptor.accept({
				request: content.request,
				source: { type: "queue", ref: identity, ...traced(message) },
				...(content.idempotencyKey === undefined
					? { id: idFrom("message", message.origin, identity) }
					: { idempotencyKey: accountKey(content.idempotencyKey) }),
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

const traced = ({ traceparent }: QueueMessage) =>
	traceparent === undefined ? {} : { traceparent };

/** Its queue has kept it for a day: what was to be done within an hour is for a person to decide. */
function tooLate(
	{ expiresIn }: CommandRequest,
	{ sentAt }: QueueMessage,
	now: number,
): string | undefined {
	if (sentAt === undefined || now < sentAt + expiresIn * 1000) return undefined;
	return `its queue gave it up, and it expired ${expiresIn} s after it was sent: redrive it to send it all the same`;
}

/** A reply that no command awaits yet is kept, and found by the command. */
async function takeReply(
	deps: QueueDeps,
	{ device, messageId, service, reply: said }: Extract<Content, { kind: "reply" }>,
): Promise<void> {
	const now = deps.clock.now();
	const reply = { ...said, at: now };
	const asked = { device, messageId, reply, ...(service === undefined ? {} : { service }) };
	const { liveJobs } = deps;
	// While a job sends to this service, most replies are its: then nothing else is read first.
	const likely = service === undefined ? [] : liveJobs.known(service).filter(({ live }) => live);
	if (likely.length > 0) {
		const known = await liveJobs.all(service);
		if (
			await replyOfJob(
				deps,
				asked,
				known.filter(({ live }) => live),
			)
		)
			return;
	}
	const otherwise = async () =>
		(await replyOfJob(deps, asked, await liveJobs.all(service, now))) ||
		(service !== undefined && (await replyTogether(deps, device, service, messageId, reply)));
	const keys = deviceKeys(device);
	const commandId = await deps.replies.meet(messageId, keys, reply, service, otherwise);
	if (commandId === undefined) return;
	// Where its worker has ended before it wrote the message there, too, the row of the message is enough.
	await applyReply(deps, commandId, messageId, reply, (found) =>
		[messageId, undefined].includes(found.messageId),
	);
}
