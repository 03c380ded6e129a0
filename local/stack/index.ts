export { parseCronExpression } from "./cron.ts";
export { StackError } from "./mistakes.ts";
export type {
	Destination,
	EventStreamTrigger,
	FunctionDefinition,
	HealthCheck,
	HttpTrigger,
	Stack,
	TimerTrigger,
	Trigger,
} from "./model.ts";
export { readStack } from "./read-stack.ts";
