import { outOfRange, schemaViolation } from "./errors.ts";
import {
	DELAY_SECONDS,
	MESSAGE_BYTES,
	RECEIVE_COUNT,
	RETENTION_SECONDS,
	VISIBILITY_SECONDS,
	WAIT_SECONDS,
} from "./limits.ts";
import { isNode, textOf, type XmlNode } from "./xml.ts";

/** What a message that was received too often becomes. */
export interface DeadLetterPolicy {
	readonly enabled: boolean;
	readonly targetQueue: string;
	readonly maxReceiveCount: number;
}

/** The settable attributes of a queue. */
export interface QueueAttributes {
	readonly delaySeconds: number;
	readonly maximumMessageBytes: number;
	readonly retentionSeconds: number;
	readonly visibilitySeconds: number;
	readonly pollingWaitSeconds: number;
	readonly loggingEnabled: boolean;
	readonly deadLetter: DeadLetterPolicy | undefined;
}

/** The documented defaults (page CreateQueue). */
export const DEFAULT_ATTRIBUTES: QueueAttributes = {
	delaySeconds: 0,
	maximumMessageBytes: 65_536,
	retentionSeconds: 345_600,
	visibilitySeconds: 30,
	pollingWaitSeconds: 0,
	loggingEnabled: false,
	deadLetter: undefined,
};

/** The attributes of a `<Queue>` document; those left out are taken from `base`. */
export function readQueueAttributes(node: XmlNode, base: QueueAttributes): QueueAttributes {
	return {
		delaySeconds: integer(node, "DelaySeconds", DELAY_SECONDS, "seconds") ?? base.delaySeconds,
		maximumMessageBytes:
			integer(node, "MaximumMessageSize", MESSAGE_BYTES, "bytes") ?? base.maximumMessageBytes,
		retentionSeconds:
			integer(node, "MessageRetentionPeriod", RETENTION_SECONDS, "seconds") ??
			base.retentionSeconds,
		visibilitySeconds:
			integer(node, "VisibilityTimeout", VISIBILITY_SECONDS, "seconds") ?? base.visibilitySeconds,
		pollingWaitSeconds:
			integer(node, "PollingWaitSeconds", WAIT_SECONDS, "seconds") ?? base.pollingWaitSeconds,
		loggingEnabled: flag(node, "LoggingEnabled") ?? base.loggingEnabled,
		deadLetter: readDeadLetterPolicy(node) ?? base.deadLetter,
	};
}

function readDeadLetterPolicy(node: XmlNode): DeadLetterPolicy | undefined {
	const policy = node["DlqPolicy"];
	if (policy === undefined || policy === "") return undefined;
	if (!isNode(policy)) throw schemaViolation("DlqPolicy");
	const enabled = flag(policy, "Enabled") ?? true;
	const targetQueue = textOf(policy, "DeadLetterTargetQueue")?.trim() ?? "";
	const maxReceiveCount = integer(policy, "MaxReceiveCount", RECEIVE_COUNT, "times") ?? 16;
	if (enabled && targetQueue === "") throw schemaViolation("DeadLetterTargetQueue");
	return { enabled, targetQueue, maxReceiveCount };
}

/** A whole number within its range; undefined if the element is absent or empty. */
export function integer(
	node: XmlNode,
	name: string,
	range: { readonly low: number; readonly high: number },
	unit: string,
): number | undefined {
	const text = textOf(node, name)?.trim();
	if (text === undefined || text === "") return undefined;
	if (!/^[+-]?\d{1,15}$/.test(text)) throw schemaViolation(name);
	const value = Number(text);
	if (value < range.low || value > range.high) {
		throw outOfRange(name, range.low, range.high, unit);
	}
	return value;
}

function flag(node: XmlNode, name: string): boolean | undefined {
	const text = textOf(node, name)?.trim().toLowerCase();
	if (text === undefined || text === "") return undefined;
	if (text !== "true" && text !== "false") throw schemaViolation(name);
	return text === "true";
}
