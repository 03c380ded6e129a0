import * as z from "../zod.ts";

/** The port to whoever moves jobs on: the worker function, asynchronously, at least once. */
export interface JobInvoker {
	/**
	 * Has a job looked at.
	 * @param at when, in milliseconds since the epoch.
	 * @returns whether Function Compute took it. If not, the tick finds the job.
	 */
	drive(jobId: string, at: number): Promise<boolean>;
}

const payloadSchema = z.object({ job: z.string() });

export const writeJobPayload = (job: string): Buffer => Buffer.from(JSON.stringify({ job }));

/** The job's id; undefined if the event is about something else. */
export function readJobPayload(event: Buffer): string | undefined {
	if (!event.subarray(0, 8).toString().startsWith('{"job":')) return undefined;
	return payloadSchema.parse(JSON.parse(event.toString("utf8"))).job;
}
