import { deviceKey } from "../../../shared/command/device.ts";
import { STATES } from "../../../shared/command/state.ts";
import type { Job } from "../../../shared/job/job.ts";
import { type ExactObject, exactNumber, stringifyExact } from "../../../shared/json/exact.ts";
import { type JobDevice, jobDevices } from "../../../shared/lifecycle/job-devices.ts";
import * as z from "../../../shared/zod.ts";
import type { HttpDeps } from "../deps.ts";
import { longPage, pageAnswer, pageFields, readCursor } from "../list.ts";

/** A page of a list that is filtered ends early once so many devices were looked at. */
const MAX_LOOKED_AT = 5_000;
const CHUNK = 500;
const MAX_DEVICES_PAGE = 1_000;

const states = z.pipe(
	z.pipe(
		z.string(),
		z.transform((text) => text.split(",")),
	),
	z.array(z.enum(STATES)),
);

export const jobDevicesQuery = z.strictObject({
	state: z.optional(states).check(z.describe("One state, or several separated by commas")),
	limit: longPage(MAX_DEVICES_PAGE, 100),
	cursor: pageFields.cursor,
});

/** A page as JSON; as NDJSON or CSV all of them, as they are read. */
export async function jobDevicesAnswer(
	deps: HttpDeps,
	job: Job,
	query: z.infer<typeof jobDevicesQuery>,
	request: Request,
): Promise<Response> {
	const wanted = query.state;
	const fits = ({ state }: JobDevice) => !wanted || wanted.includes(state);
	const accept = request.headers.get("accept") ?? "";
	if (accept.includes("text/csv")) return exportAnswer(deps, job, fits, "text/csv", CSV);
	if (accept.includes("application/x-ndjson")) {
		return exportAnswer(deps, job, fits, "application/x-ndjson", NDJSON);
	}
	const cursor = query.cursor === undefined ? "0" : readCursor(query.cursor, isPlace);
	const found: JobDevice[] = [];
	const start = Number(cursor);
	for (let at = start; ; at += CHUNK) {
		const some = await jobDevices(deps, job, at, CHUNK, deps.clock.now());
		for (const [index, one] of some.entries()) {
			if (!fits(one)) continue;
			if (found.length === query.limit) return answer(request, found, at + index);
			found.push(one);
		}
		if (some.length < CHUNK) return answer(request, found, undefined);
		if (at - start >= MAX_LOOKED_AT) return answer(request, found, at + CHUNK);
	}
}

/** A place among the devices. */
const isPlace = (text: string): boolean => /^\d{1,9}$/.test(text);

const answer = (request: Request, found: readonly JobDevice[], next: number | undefined) =>
	pageAnswer(
		request.url,
		{ devices: found.map(jobDeviceView) },
		next === undefined ? undefined : String(next),
	);

function jobDeviceView({ device, state, command, damaged }: JobDevice): ExactObject {
	return {
		...device,
		state,
		...(command
			? {
					command: command.id,
					wave: exactNumber(String(command.source.wave ?? 1)),
					updatedAt: new Date(command.updatedAt).toISOString(),
				}
			: {}),
		...(damaged ? { command: damaged.id, code: damaged.name, message: damaged.message } : {}),
		...(command?.error ? { ...command.error } : {}),
		...(command?.reply ? { replyCode: exactNumber(String(command.reply.code)) } : {}),
	};
}

interface Form {
	readonly head: string;
	readonly line: (one: JobDevice) => string;
}

const NDJSON: Form = { head: "", line: (one) => `${stringifyExact(jobDeviceView(one))}\n` };

const CSV: Form = {
	head: "device,productKey,deviceName,iotId,state,wave,command,code,message,updatedAt\r\n",
	line({ device, state, command }) {
		const { productKey = "", deviceName = "", iotId = "" } = device;
		const { code = "", message = "" } = command?.error ?? {};
		const when = command ? new Date(command.updatedAt).toISOString() : "";
		const cells = [deviceKey(device), productKey, deviceName, iotId, state];
		const more = [String(command?.source.wave ?? ""), command?.id ?? "", code, message, when];
		return `${[...cells, ...more].map(cell).join(",")}\r\n`;
	},
};

/** RFC 4180; and no text of a device's begins a formula in a spreadsheet. */
function cell(text: string): string {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function exportAnswer(
	deps: HttpDeps,
	job: Job,
	fits: (one: JobDevice) => boolean,
	contentType: string,
	{ head, line }: Form,
): Response {
	let at = 0;
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			if (head) controller.enqueue(encoder.encode(head));
		},
		async pull(controller) {
			const some = await jobDevices(deps, job, at, CHUNK, deps.clock.now());
			at += CHUNK;
			const lines = some.filter(fits).map(line).join("");
			if (lines) controller.enqueue(encoder.encode(lines));
			if (some.length < CHUNK) controller.close();
			else if (!lines) await this.pull?.(controller);
		},
	});
	return new Response(body, { headers: { "content-type": contentType } });
}
