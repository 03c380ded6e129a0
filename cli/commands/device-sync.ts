import type { DeviceSync } from "../../client/src/index.ts";
import { EXIT } from "../exit.ts";
import type { ApiContext } from "../session.ts";
import { documentFacts } from "../words/document.ts";

const POLL_MS = 1_000;

/** Starts the sync of the registry, tells how far it is, and shows how it ended. */
export async function syncDevices({
	client,
	io,
	show,
	options,
}: ApiContext<{ wait: boolean }>): Promise<number> {
	let sync = await client.devices.sync();
	while (options.wait && sync.state === "running") {
		io.progress(progressOf(sync));
		await io.clock.sleep(POLL_MS, io.signal);
		sync = await client.devices.synced();
	}
	show.one(sync, (one) => [headline(one), ...documentFacts(show, one)]);
	return sync.state === "failed" ? EXIT.failed : EXIT.ok;
}

/** `1250 of 3000 devices read …` */
function progressOf({ step, read, devices, error }: DeviceSync): string {
	const far = devices === undefined ? `${read}` : `${read} of ${devices}`;
	const doing = step === "devices" || step === "products" ? "" : `, ${step}`;
	const trouble = error ? ` (waits: ${error.code})` : "";
	return `${far} devices read${doing}${trouble} …`;
}

const headline = ({ state, read, removed }: DeviceSync): string =>
	state === "running"
		? "started"
		: `${state}: ${read} devices read${removed ? `, ${removed} removed` : ""}`;
