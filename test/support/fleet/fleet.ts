import type { World } from "../world/world.ts";

export const devicesOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		productKey: "pk",
		deviceName: `d${String(index).padStart(6, "0")}`,
	}));

/** What the API says of a job. */
export interface ShownJob {
	readonly id: string;
	readonly state: string;
	readonly reason?: string;
	readonly targets?: number;
	readonly counts?: Readonly<Record<string, number>>;
	readonly waves: ReadonlyArray<{
		readonly state: string;
		readonly targets?: number;
		readonly counts?: Readonly<Record<string, number>>;
	}>;
	readonly [more: string]: unknown;
}

export async function startJob(world: World, body: object): Promise<ShownJob> {
	const answer = await world.request("POST", "/v1/jobs", { body });
	if (answer.status !== 201) throw new Error(answer.text);
	return answer.body as unknown as ShownJob;
}

export const getJob = async (world: World, id: string): Promise<ShownJob> =>
	(await world.request("GET", `/v1/jobs/${id}`)).body as unknown as ShownJob;

export const change = (world: World, id: string, verb: string, body?: object) =>
	world.request("POST", `/v1/jobs/${id}/${verb}`, body ? { body } : {});

export const sum = (counts: Readonly<Record<string, number>> = {}): number =>
	Object.values(counts).reduce((all, count) => all + count, 0);

/** Lets time pass until the job is in one of these states. */
export async function until(
	world: World,
	id: string,
	states: readonly string[],
	{ everyMs = 1_000, atMostMs = 600_000 } = {},
): Promise<ShownJob> {
	for (let waited = 0; ; waited += everyMs) {
		const job = await getJob(world, id);
		if (states.includes(job.state)) return job;
		if (waited >= atMostMs) throw new Error(`still ${job.state}: ${JSON.stringify(job.counts)}`);
		await world.clock.advance(everyMs);
	}
}
