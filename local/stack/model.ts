/** What s.yaml says, in typed values: the only list of functions, triggers, limits and variables. */
export interface Stack {
	readonly name: string;
	readonly region: string;
	readonly functions: readonly FunctionDefinition[];
}

export interface FunctionDefinition {
	/** The key under `resources`. */
	readonly resource: string;
	readonly functionName: string;
	readonly description: string;
	readonly runtime: Runtime;
	/** `<file without extension>.<export>`; without meaning where `custom` is set. */
	readonly handler: string;
	/** How the function's own server is started; the built-in runtime has none. */
	readonly custom?: CustomRuntime;
	/** Most invocations at the same time in one instance. */
	readonly instanceConcurrency: number;
	/** Folder of the code as s.yaml has it, relative to the project. */
	readonly code: string;
	readonly cpu: number;
	readonly memoryMb: number;
	readonly diskMb: number;
	readonly timeoutSeconds: number;
	readonly environment: Readonly<Record<string, string>>;
	readonly initializer?: LifecycleHook;
	readonly preStop?: LifecycleHook;
	readonly async: AsyncSettings;
	/** Hard cap on instances at the same time. */
	readonly reservedConcurrency?: number;
	readonly triggers: readonly Trigger[];
}

export const CUSTOM_RUNTIMES = [
	"custom",
	"custom.debian10",
	"custom.debian11",
	"custom.debian12",
] as const;

type Runtime = "nodejs20" | (typeof CUSTOM_RUNTIMES)[number];

/** A program that serves the function's invocations over HTTP. */
export interface CustomRuntime {
	/** The program and its arguments. */
	readonly command: readonly [string, ...string[]];
	/** On which it listens in the cloud. */
	readonly port: number;
	readonly healthCheck?: HealthCheck;
}

/** What has to answer before a new instance is given requests. */
export interface HealthCheck {
	readonly path: string;
	readonly initialDelaySeconds: number;
	readonly periodSeconds: number;
	readonly timeoutSeconds: number;
	readonly failureThreshold: number;
	readonly successThreshold: number;
}

export interface LifecycleHook {
	/** `file.export`; in a custom runtime any name: the hook is then a request to its server. */
	readonly handler?: string;
	/** Custom runtimes only: a command that is run beside the server. */
	readonly command?: readonly [string, ...string[]];
	readonly timeoutSeconds: number;
}

interface AsyncSettings {
	/** Whether requests carry task ids, and their state can be asked for. */
	readonly task: boolean;
	readonly maxEventAgeSeconds: number;
	readonly maxRetryAttempts: number;
	readonly onSuccess?: Destination;
	readonly onFailure?: Destination;
}

export type Destination =
	| { readonly type: "queue"; readonly queue: string }
	| { readonly type: "function"; readonly functionName: string };

export type Trigger = HttpTrigger | TimerTrigger | EventStreamTrigger;

export interface HttpTrigger {
	readonly type: "http";
	readonly name: string;
	readonly authType: "anonymous" | "function";
	readonly methods: readonly string[];
}

export interface TimerTrigger {
	readonly type: "timer";
	readonly name: string;
	/** `0 0 4 * * *`, `CRON_TZ=Asia/Shanghai 0 0 4 * * *` or `@every 4m`. */
	readonly cronExpression: string;
	readonly enabled: boolean;
	readonly payload: string;
}

/** An EventBridge event stream from an MNS queue. */
export interface EventStreamTrigger {
	readonly type: "eventbridge";
	readonly name: string;
	readonly enabled: boolean;
	/** Whether the function is invoked without waiting for its answer. */
	readonly asynchronous: boolean;
	readonly queue: string;
	readonly decodeBase64: boolean;
	readonly batchCount: number;
	readonly batchSeconds: number;
	/** `ALL`: what fails to the last goes to the dead-letter queue; `NONE`: it stops the stream. */
	readonly errorsTolerance: "ALL" | "NONE";
	readonly retry: "BACKOFF_RETRY" | "EXPONENTIAL_DECAY_RETRY";
	readonly deadLetterQueue?: string;
}
