import type { ServiceContext } from "../../service.ts";
import { parseCronExpression, type TimerTrigger } from "../../stack/index.ts";

/** The event of a timer trigger ("Time triggers"). */
export function timerEvent(triggerName: string, time: number, payload: string): Buffer {
	const triggerTime = `${new Date(time).toISOString().slice(0, 19)}Z`;
	return Buffer.from(JSON.stringify({ triggerTime, triggerName, payload }));
}

/**
 * Fires at the times of the trigger's expression. Times at which nothing ran
 * here are not made up for, as in the cloud.
 *
 * @returns ends it.
 */
export function startTimer(
	context: ServiceContext,
	trigger: TimerTrigger,
	fire: (event: Buffer) => void,
): () => void {
	const { clock } = context;
	const next = parseCronExpression(trigger.cronExpression, clock.now());
	let cancel = () => {};
	const arm = (after: number) => {
		const at = next(after);
		if (at === undefined) return;
		cancel = clock.after(at - clock.now(), () => {
			// The system's timers may fire a little early: then it is not yet the time.
			const early = clock.now() < at;
			if (!early) fire(timerEvent(trigger.name, at, trigger.payload));
			arm(early ? after : clock.now());
		});
	};
	arm(clock.now());
	return () => cancel();
}
