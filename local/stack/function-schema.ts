import * as z from "zod";
import { parseDestination } from "./arn.ts";
import { CUSTOM_RUNTIMES, type FunctionDefinition, type LifecycleHook } from "./model.ts";
import {
	checkRuntime,
	commandLine,
	customRuntimeConfig,
	isCommand,
	toCustomRuntime,
} from "./runtime-schema.ts";
import { toTrigger, triggerSchema } from "./trigger-schema.ts";

/*
 * Props of the component fc3 and their ranges: devsapp/fc3, src/schema.json,
 * and "Limits" of Function Compute 3.0.
 */

/** All variables of a function together (Function Compute, "Environment variables"). */
const MAX_ENVIRONMENT_BYTES = 4 * 1024;
const MAX_TIMEOUT_SECONDS = 86_400;
const MAX_INITIALIZER_SECONDS = 300;
const MAX_PRE_STOP_SECONDS = 90;
const DEFAULT_MAX_EVENT_AGE_SECONDS = 86_400;
const MAX_EVENT_AGE_SECONDS = 604_800;
const DEFAULT_ASYNC_RETRY_ATTEMPTS = 3;
const MAX_ASYNC_RETRY_ATTEMPTS = 8;
/** Of custom runtimes; a built-in one takes one invocation at a time. */
const MAX_INSTANCE_CONCURRENCY = 200;

/** A number, or the text of one: `${env('N', '4')}` yields a text. */
const number = z.preprocess(
	(value) => (typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
	z.number(),
);
const integer = (min: number, max: number) => number.pipe(z.int().min(min).max(max));

const hookSchema = (maxSeconds: number) =>
	z.strictObject({
		handler: z.string().min(1).optional(),
		command: commandLine.optional(),
		timeout: integer(1, maxSeconds),
	});

const destination = z.strictObject({
	destination: z
		.string()
		.refine(
			(arn) => parseDestination(arn) !== undefined,
			"not the ARN of an MNS queue or function",
		),
});

const environment = z
	.record(
		z
			.string()
			.regex(/^[A-Za-z]\w*$/, "a variable's name is a letter, then letters, digits and underscores")
			.refine((key) => !key.startsWith("FC_"), "names beginning with FC_ are reserved"),
		z.string("the value of a variable is a text: quote it"),
	)
	.refine(
		(variables) => environmentBytes(variables) <= MAX_ENVIRONMENT_BYTES,
		`all variables together are larger than ${MAX_ENVIRONMENT_BYTES} bytes`,
	);

/** Accepted as they are: nothing on a laptop depends on them. */
const ofNoEffectHere = {
	role: z.string().optional(),
	logConfig: z.unknown().optional(),
	vpcConfig: z.unknown().optional(),
	nasConfig: z.unknown().optional(),
	ossMountConfig: z.unknown().optional(),
	internetAccess: z.boolean().optional(),
	layers: z.array(z.string()).optional(),
	tags: z.array(z.unknown()).optional(),
	resourceGroupId: z.string().optional(),
	customDNS: z.unknown().optional(),
};

export const functionProps = z
	.strictObject({
		region: z.string().min(1),
		functionName: z.string().regex(/^[A-Za-z_][\w-]{0,63}$/, "not a function name"),
		description: z.string().max(256).optional(),
		runtime: z.enum(["nodejs20", ...CUSTOM_RUNTIMES]),
		handler: z.string().min(1).optional(),
		customRuntimeConfig: customRuntimeConfig.optional(),
		code: z.string().min(1),
		cpu: number
			.pipe(z.number().min(0.05).max(16))
			.refine((cpu) => isMultiple(cpu, 0.05), "not a multiple of 0.05"),
		memorySize: integer(128, 32_768).refine((mb) => mb % 64 === 0, "not a multiple of 64"),
		diskSize: number.pipe(z.literal([512, 10_240])),
		timeout: integer(1, MAX_TIMEOUT_SECONDS),
		environmentVariables: environment.optional(),
		instanceConcurrency: integer(1, MAX_INSTANCE_CONCURRENCY).optional(),
		instanceLifecycleConfig: z
			.strictObject({
				initializer: hookSchema(MAX_INITIALIZER_SECONDS).optional(),
				preStop: hookSchema(MAX_PRE_STOP_SECONDS).optional(),
			})
			.optional(),
		asyncInvokeConfig: z
			.strictObject({
				asyncTask: z.boolean().optional(),
				maxAsyncEventAgeInSeconds: integer(1, MAX_EVENT_AGE_SECONDS).optional(),
				maxAsyncRetryAttempts: integer(0, MAX_ASYNC_RETRY_ATTEMPTS).optional(),
				destinationConfig: z
					.strictObject({ onSuccess: destination.optional(), onFailure: destination.optional() })
					.optional(),
			})
			.optional(),
		concurrencyConfig: z.strictObject({ reservedConcurrency: integer(1, 10_000) }).optional(),
		triggers: z.array(triggerSchema).optional(),
		...ofNoEffectHere,
	})
	.superRefine(checkRuntime)
	.superRefine(({ cpu, memorySize }, context) => {
		const gigabytes = memorySize / 1024;
		if (gigabytes < cpu || gigabytes > 4 * cpu) {
			context.addIssue({
				code: "custom",
				path: ["cpu"],
				message: `cpu to memory in GB must be between 1:1 and 1:4, is ${cpu}:${gigabytes}`,
			});
		}
	});

export function toFunction(
	resource: string,
	props: z.infer<typeof functionProps>,
): FunctionDefinition {
	const lifecycle = props.instanceLifecycleConfig;
	const asyncConfig = props.asyncInvokeConfig;
	const onSuccess = toDestination(asyncConfig?.destinationConfig?.onSuccess);
	const onFailure = toDestination(asyncConfig?.destinationConfig?.onFailure);
	const reservedConcurrency = props.concurrencyConfig?.reservedConcurrency;
	return {
		resource,
		functionName: props.functionName,
		description: props.description ?? "",
		runtime: props.runtime,
		handler: props.handler ?? "",
		...(props.runtime === "nodejs20" ? {} : { custom: toCustomRuntime(props.customRuntimeConfig) }),
		instanceConcurrency: props.instanceConcurrency ?? 1,
		code: props.code,
		cpu: props.cpu,
		memoryMb: props.memorySize,
		diskMb: props.diskSize,
		timeoutSeconds: props.timeout,
		environment: props.environmentVariables ?? {},
		...(lifecycle?.initializer ? { initializer: toHook(lifecycle.initializer) } : {}),
		...(lifecycle?.preStop ? { preStop: toHook(lifecycle.preStop) } : {}),
		async: {
			task: asyncConfig?.asyncTask ?? false,
			maxEventAgeSeconds: asyncConfig?.maxAsyncEventAgeInSeconds ?? DEFAULT_MAX_EVENT_AGE_SECONDS,
			maxRetryAttempts: asyncConfig?.maxAsyncRetryAttempts ?? DEFAULT_ASYNC_RETRY_ATTEMPTS,
			...(onSuccess ? { onSuccess } : {}),
			...(onFailure ? { onFailure } : {}),
		},
		...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
		triggers: (props.triggers ?? []).map(toTrigger),
	};
}

function toHook(hook: z.infer<ReturnType<typeof hookSchema>>): LifecycleHook {
	return {
		...(hook.handler === undefined ? {} : { handler: hook.handler }),
		...(isCommand(hook.command) ? { command: hook.command } : {}),
		timeoutSeconds: hook.timeout,
	};
}

function toDestination(target: { destination: string } | undefined) {
	return target && parseDestination(target.destination);
}

function environmentBytes(variables: Readonly<Record<string, string>>): number {
	return Object.entries(variables).reduce(
		(sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
		0,
	);
}

function isMultiple(value: number, step: number): boolean {
	const steps = value / step;
	return Math.abs(steps - Math.round(steps)) < 1e-9;
}
