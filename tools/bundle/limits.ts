/** What the bundle of each function may weigh, in KB: what is read and compiled at every cold start. */
export const MAX_KILOBYTES: Readonly<Record<string, number>> = {
	http: 600,
	timer: 450,
	queue: 550,
	worker: 800,
};
