/** What the bundle of each function may weigh, in KB: what is read and compiled at every cold start. */
export const MAX_KILOBYTES: Readonly<Record<string, number>> = {
	/** It was 600 before bulk operations, the stream, jobs and the console came; that is still the aim. */
	http: 700,
	timer: 450,
	queue: 550,
	worker: 800,
};
