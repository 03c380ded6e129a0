import * as z from "../zod.ts";

/** Timer trigger event (Function Compute, "Time trigger"). */
const timerEventSchema = z.object({
	triggerTime: z.string(),
	triggerName: z.string(),
	payload: z.nullish(z.string()),
});

export interface TimerEvent {
	readonly triggerName: string;
	/** As the trigger wrote it: together with the name it identifies this firing. */
	readonly triggerTime: string;
	readonly payload: string;
}

/** @throws Error if the event is no timer event. */
export function readTimerEvent(event: Buffer): TimerEvent {
	const { triggerName, triggerTime, payload } = timerEventSchema.parse(
		JSON.parse(event.toString("utf8")),
	);
	return { triggerName, triggerTime, payload: payload ?? "" };
}
