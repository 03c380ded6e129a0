import * as z from "zod";
import { parseQueueArn } from "./arn.ts";
import { parseCronExpression } from "./cron.ts";
import type { Trigger } from "./model.ts";

/*
 * The component's own schema passes any object as triggerConfig, so that a
 * misspelt key would only show in the cloud: here nothing unknown passes.
 */

const name = z.string().regex(/^[A-Za-z_][\w-]{0,127}$/, "not a trigger name");
const common = {
	triggerName: name,
	description: z.string().optional(),
	qualifier: z.string().optional(),
	invocationRole: z.string().optional(),
	sourceArn: z.string().optional(),
};

const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"] as const;

const http = z.strictObject({
	...common,
	triggerType: z.literal("http"),
	triggerConfig: z.strictObject({
		authType: z.enum(["anonymous", "function"]),
		methods: z.array(z.enum(METHODS)).min(1),
		disableURLInternet: z.boolean().optional(),
	}),
});

const timer = z.strictObject({
	...common,
	triggerType: z.literal("timer"),
	triggerConfig: z.strictObject({
		cronExpression: z.string().superRefine((expression, context) => {
			try {
				parseCronExpression(expression, 0);
			} catch (error) {
				context.addIssue({ code: "custom", message: String((error as Error).message) });
			}
		}),
		enable: z.boolean(),
		payload: z.string().optional(),
	}),
});

/** Batches of 1–10000 messages in a window of 0–15 s (EventBridge, "Event streams"). */
const MAX_BATCH_COUNT = 10_000;
const MAX_BATCH_SECONDS = 15;

const queueArn = z
	.string()
	.refine((arn) => parseQueueArn(arn) !== undefined, "not the ARN of an MNS queue");

const eventbridge = z.strictObject({
	...common,
	triggerType: z.literal("eventbridge"),
	triggerConfig: z.strictObject({
		triggerEnable: z.boolean(),
		asyncInvocationType: z.boolean(),
		eventRuleFilterPattern: z.literal("{}"),
		eventSinkConfig: z.strictObject({
			deliveryOption: z.strictObject({ eventSchema: z.literal("CloudEvents") }),
		}),
		eventSourceConfig: z.strictObject({
			eventSourceType: z.literal("MNS"),
			eventSourceParameters: z.strictObject({
				sourceMNSParameters: z.strictObject({
					RegionId: z.string().min(1),
					QueueName: z.string().regex(/^[A-Za-z0-9][\w-]{0,119}$/, "not a queue name"),
					IsBase64Decode: z.boolean(),
				}),
			}),
		}),
		runOptions: z.strictObject({
			mode: z.literal("event-streaming"),
			errorsTolerance: z.enum(["ALL", "NONE"]),
			retryStrategy: z.strictObject({
				PushRetryStrategy: z.enum(["BACKOFF_RETRY", "EXPONENTIAL_DECAY_RETRY"]),
			}),
			deadLetterQueue: z.strictObject({ Arn: queueArn }).optional(),
			batchWindow: z.strictObject({
				CountBasedWindow: z.int().min(1).max(MAX_BATCH_COUNT),
				TimeBasedWindow: z.int().min(0).max(MAX_BATCH_SECONDS),
			}),
			maximumTasks: z.int().min(1).optional(),
		}),
	}),
});

export const triggerSchema = z.discriminatedUnion("triggerType", [http, timer, eventbridge]);

export function toTrigger(parsed: z.infer<typeof triggerSchema>): Trigger {
	switch (parsed.triggerType) {
		case "http": {
			const { authType, methods } = parsed.triggerConfig;
			return { type: "http", name: parsed.triggerName, authType, methods };
		}
		case "timer": {
			const { cronExpression, enable, payload } = parsed.triggerConfig;
			return {
				type: "timer",
				name: parsed.triggerName,
				cronExpression,
				enabled: enable,
				payload: payload ?? "",
			};
		}
		case "eventbridge": {
			const { triggerConfig: config } = parsed;
			const source = config.eventSourceConfig.eventSourceParameters.sourceMNSParameters;
			const run = config.runOptions;
			const deadLetterQueue = run.deadLetterQueue && parseQueueArn(run.deadLetterQueue.Arn);
			return {
				type: "eventbridge",
				name: parsed.triggerName,
				enabled: config.triggerEnable,
				asynchronous: config.asyncInvocationType,
				queue: source.QueueName,
				decodeBase64: source.IsBase64Decode,
				batchCount: run.batchWindow.CountBasedWindow,
				batchSeconds: run.batchWindow.TimeBasedWindow,
				errorsTolerance: run.errorsTolerance,
				retry: run.retryStrategy.PushRetryStrategy,
				...(deadLetterQueue ? { deadLetterQueue } : {}),
			};
		}
	}
}
