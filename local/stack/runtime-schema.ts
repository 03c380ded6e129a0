import * as z from "zod";
import type { CustomRuntime, HealthCheck } from "./model.ts";

/*
 * What of a function's props depends on its runtime: devsapp/fc3,
 * src/schema.json, and "Custom runtime" of Function Compute 3.0.
 */

/** A program in the code folder that is started where `command` is missing. */
const DEFAULT_COMMAND = ["./bootstrap"] as const;
const DEFAULT_PORT = 9_000;
const MAX_PORT = 65_535;
const MAX_HEALTH_SECONDS = 120;

const HANDLER_NAME = /^[\w/-]+\.\w+$/;

export const commandLine = z.array(z.string()).min(1);

const seconds = (min: number) => z.int().min(min).max(MAX_HEALTH_SECONDS);

const healthCheckConfig = z.strictObject({
	httpGetUrl: z.string().startsWith("/"),
	initialDelaySeconds: seconds(0).optional(),
	periodSeconds: seconds(1).optional(),
	timeoutSeconds: seconds(1).optional(),
	failureThreshold: z.int().min(1).max(MAX_HEALTH_SECONDS).optional(),
	successThreshold: z.int().min(1).max(MAX_HEALTH_SECONDS).optional(),
});

export const customRuntimeConfig = z.strictObject({
	command: commandLine.optional(),
	args: z.array(z.string()).optional(),
	port: z.int().min(1).max(MAX_PORT).optional(),
	healthCheckConfig: healthCheckConfig.optional(),
});

interface RuntimeProps {
	readonly runtime: string;
	readonly handler?: string | undefined;
	readonly customRuntimeConfig?: unknown;
	readonly instanceConcurrency?: number | undefined;
	readonly instanceLifecycleConfig?:
		| { readonly initializer?: HookProps | undefined; readonly preStop?: HookProps | undefined }
		| undefined;
}

interface HookProps {
	readonly handler?: string | undefined;
	readonly command?: readonly string[] | undefined;
}

/** Says what does not go together with the runtime. */
export function checkRuntime(props: RuntimeProps, context: z.RefinementCtx): void {
	const refuse = (path: string[], message: string) =>
		context.addIssue({ code: "custom", path, message });
	const builtIn = props.runtime === "nodejs20";
	if (builtIn) {
		if (!HANDLER_NAME.test(props.handler ?? "")) refuse(["handler"], "not of the form file.export");
		if ((props.instanceConcurrency ?? 1) !== 1) {
			refuse(
				["instanceConcurrency"],
				"must be 1: a built-in runtime takes one invocation at a time",
			);
		}
		if (props.customRuntimeConfig !== undefined) {
			refuse(["customRuntimeConfig"], `has no effect with the runtime ${props.runtime}`);
		}
	}
	for (const name of ["initializer", "preStop"] as const) {
		const hook = props.instanceLifecycleConfig?.[name];
		if (!hook) continue;
		const at = ["instanceLifecycleConfig", name];
		if (!builtIn) {
			if ((hook.handler === undefined) === (hook.command === undefined)) {
				refuse(at, "needs either a handler or a command");
			}
			continue;
		}
		if (!HANDLER_NAME.test(hook.handler ?? "")) {
			refuse([...at, "handler"], "not of the form file.export");
		}
		if (hook.command) refuse([...at, "command"], "is for custom runtimes");
	}
}

export function isCommand(
	command: readonly string[] | undefined,
): command is readonly [string, ...string[]] {
	return command !== undefined && command.length > 0;
}

export function toCustomRuntime(
	config: z.infer<typeof customRuntimeConfig> | undefined,
): CustomRuntime {
	const [program, ...more] = isCommand(config?.command) ? config.command : DEFAULT_COMMAND;
	const health = config?.healthCheckConfig;
	return {
		command: [program, ...more, ...(config?.args ?? [])],
		port: config?.port ?? DEFAULT_PORT,
		...(health ? { healthCheck: toHealthCheck(health) } : {}),
	};
}

function toHealthCheck(config: z.infer<typeof healthCheckConfig>): HealthCheck {
	return {
		path: config.httpGetUrl,
		initialDelaySeconds: config.initialDelaySeconds ?? 0,
		periodSeconds: config.periodSeconds ?? 3,
		timeoutSeconds: config.timeoutSeconds ?? 1,
		failureThreshold: config.failureThreshold ?? 3,
		successThreshold: config.successThreshold ?? 1,
	};
}
