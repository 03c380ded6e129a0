import {
	IotError,
	type ListedDevice,
	type ListPage,
	type ListPlace,
	type PlatformLists,
} from "../../../shared/iot/platform.ts";
import { refused } from "./scripted-platform.ts";

const PAGE = 50;

interface ScriptedDevice extends ListedDevice {
	readonly tags?: Readonly<Record<string, string>>;
}

/** The platform's lists as a test fills them. */
export class ScriptedLists implements PlatformLists {
	listed: ScriptedDevice[] = [];
	readonly members = new Map<string, string[]>();
	/** Every query, by its name. */
	readonly asked: string[] = [];
	/** Throws what the platform answers instead. */
	trouble: (query: string) => void = () => {};

	async products(at: ListPlace) {
		this.#ask("products");
		const keys = [...new Set(this.listed.map(({ productKey }) => productKey))];
		const devices = (key: string) => this.listed.filter((one) => one.productKey === key).length;
		return paged(
			keys.map((productKey) => ({ productKey, devices: devices(productKey) })),
			at,
		);
	}

	async devices(productKey: string, at: ListPlace) {
		this.#ask(`devices ${productKey} ${at.page}`);
		const all = this.listed.filter((one) => one.productKey === productKey);
		return paged(
			all.map(({ tags: _tags, ...device }) => device),
			at,
		);
	}

	async tags(device: { readonly deviceName?: string }) {
		this.#ask(`tags ${device.deviceName}`);
		return this.#known(device.deviceName).tags ?? {};
	}

	async groups(at: ListPlace) {
		this.#ask("groups");
		return paged([...this.members.keys()], at);
	}

	async devicesOfGroup(group: string, at: ListPlace) {
		this.#ask(`members ${group} ${at.page}`);
		const all = (this.members.get(group) ?? []).map((name) => this.#known(name));
		return paged(all, at);
	}

	async identify(device: { readonly deviceName?: string }) {
		return this.#known(device.deviceName);
	}

	#ask(query: string): void {
		this.asked.push(query);
		this.trouble(query);
	}

	#known(name: string | undefined): ScriptedDevice {
		const found = this.listed.find(({ deviceName }) => deviceName === name);
		if (!found) throw new IotError("Query", refused("iot.device.NotExistedDevice"));
		return found;
	}
}

function paged<T>(all: readonly T[], { page }: ListPlace): ListPage<T> {
	const items = all.slice((page - 1) * PAGE, page * PAGE);
	const total = all.length;
	return page * PAGE < total ? { items, total, next: { page: page + 1 } } : { items, total };
}
