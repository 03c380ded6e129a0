import {
	QueryDeviceGroupListRequest,
	QueryDeviceListByDeviceGroupRequest,
	QueryDevicePropRequest,
	QueryDeviceRequest,
	QueryProductListRequest,
} from "@alicloud/iot20180120";
import type { DeviceRef } from "../command/device.ts";
import type {
	ListedDevice,
	ListedProduct,
	ListPage,
	ListPlace,
	NamedDevice,
	PlatformLists,
} from "./platform.ts";
import type { SdkPlatform } from "./sdk-platform.ts";

/** QueryDevice, QueryDeviceListByDeviceGroup: "PageSize: 1 to 50". */
const DEVICES_A_PAGE = 50;
/** QueryProductList, QueryDeviceGroupList: "PageSize: 1 to 200". */
const NAMES_A_PAGE = 200;

/** The platform's lists through the same client as its calls. Of a device's secret nothing is taken over. */
export class SdkLists implements PlatformLists {
	readonly #platform: SdkPlatform;

	constructor(platform: SdkPlatform) {
		this.#platform = platform;
	}

	async products(at: ListPlace): Promise<ListPage<ListedProduct>> {
		const request = new QueryProductListRequest({
			...this.#platform.instance,
			currentPage: at.page,
			pageSize: NAMES_A_PAGE,
		});
		const body = await this.#platform.ask("QueryProductList", request, (client, runtime) =>
			client.queryProductListWithOptions(request, runtime),
		);
		const { list, total } = body?.data ?? {};
		const items = (list?.productInfo ?? []).flatMap(({ productKey, deviceCount = 0 }) =>
			isText(productKey) ? [{ productKey, devices: deviceCount }] : [],
		);
		return pageOf(items, total, at, NAMES_A_PAGE);
	}

	async devices(productKey: string, at: ListPlace): Promise<ListPage<ListedDevice>> {
		const request = new QueryDeviceRequest({
			...this.#platform.instance,
			productKey,
			...(at.token === undefined ? { currentPage: at.page } : { nextToken: at.token }),
			pageSize: DEVICES_A_PAGE,
		});
		const body = await this.#platform.ask("QueryDevice", request, (client, runtime) =>
			client.queryDeviceWithOptions(request, runtime),
		);
		const items = (body?.data?.deviceInfo ?? []).flatMap((found) => {
			const { deviceName, iotId, nickname, deviceStatus } = found;
			if (!isText(deviceName)) return [];
			const facts = { iotId, nickname, status: deviceStatus };
			const known = Object.entries(facts).filter(([, value]) => isText(value));
			return [{ productKey, deviceName, ...Object.fromEntries(known) }];
		});
		return pageOf(items, body?.total, at, DEVICES_A_PAGE, body?.nextToken);
	}

	async tags(device: DeviceRef): Promise<Readonly<Record<string, string>>> {
		const request = new QueryDevicePropRequest({ ...this.#platform.instance, ...device });
		const body = await this.#platform.ask("QueryDeviceProp", request, (client, runtime) =>
			client.queryDevicePropWithOptions(request, runtime),
		);
		const props: unknown = JSON.parse(body?.props || "{}");
		const entries = Object.entries(props && typeof props === "object" ? props : {});
		return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
	}

	async groups(at: ListPlace): Promise<ListPage<string>> {
		const request = new QueryDeviceGroupListRequest({
			...this.#platform.instance,
			currentPage: at.page,
			pageSize: NAMES_A_PAGE,
		});
		const body = await this.#platform.ask("QueryDeviceGroupList", request, (client, runtime) =>
			client.queryDeviceGroupListWithOptions(request, runtime),
		);
		const ids = (body?.data?.groupInfo ?? []).map(({ groupId }) => groupId);
		return pageOf(ids.filter(isText), body?.total, at, NAMES_A_PAGE);
	}

	async devicesOfGroup(groupId: string, at: ListPlace): Promise<ListPage<NamedDevice>> {
		const request = new QueryDeviceListByDeviceGroupRequest({
			...this.#platform.instance,
			groupId,
			currentPage: at.page,
			pageSize: DEVICES_A_PAGE,
		});
		const body = await this.#platform.ask(
			"QueryDeviceListByDeviceGroup",
			request,
			(client, runtime) => client.queryDeviceListByDeviceGroupWithOptions(request, runtime),
		);
		const items = (body?.data?.simpleDeviceInfo ?? []).flatMap(({ productKey, deviceName }) =>
			isText(productKey) && isText(deviceName) ? [{ productKey, deviceName }] : [],
		);
		return pageOf(items, body?.total, at, DEVICES_A_PAGE);
	}
}

const isText = (value: string | undefined): value is string => value !== undefined && value !== "";

function pageOf<T>(
	items: readonly T[],
	total: number | undefined,
	{ page }: ListPlace,
	size: number,
	token?: string,
): ListPage<T> {
	const all = total ?? items.length;
	if (!token && page * size >= all) return { items, total: all };
	return { items, total: all, next: { page: page + 1, ...(token ? { token } : {}) } };
}
