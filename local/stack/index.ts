export { type NextFire, parseCronExpression } from "./cron.ts";
export { type Mistake, StackError } from "./mistakes.ts";
export type {
	AsyncSettings,
	Destination,
	EventStreamTrigger,
	FunctionDefinition,
	HttpTrigger,
	LifecycleHook,
	Stack,
	TimerTrigger,
	Trigger,
} from "./model.ts";
export { readStack, type StackSources } from "./read-stack.ts";
