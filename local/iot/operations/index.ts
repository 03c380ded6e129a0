import * as devices from "./devices.ts";
import * as invoke from "./invoke.ts";
import * as lists from "./lists.ts";
import type { Operation } from "./operation.ts";
import * as products from "./products.ts";
import * as thingModels from "./thing-models.ts";

/** Every operation of the API, by its Action. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
	["InvokeThingService", invoke.invokeThingService],
	["InvokeThingsService", invoke.invokeThingsService],
	["SetDeviceProperty", invoke.setDeviceProperty],
	["SetDevicesProperty", invoke.setDevicesProperty],
	["GetThingModelTsl", thingModels.getThingModelTsl],
	["GetThingModelTslPublished", thingModels.getThingModelTsl],
	["QueryThingModel", thingModels.queryThingModel],
	["QueryThingModelPublished", thingModels.queryThingModel],
	["ImportThingModelTsl", thingModels.importThingModelTsl],
	["CreateThingModel", thingModels.createThingModel],
	["PublishThingModel", thingModels.publishThingModel],
	["CreateProduct", products.createProduct],
	["QueryProduct", products.queryProduct],
	["QueryProductList", products.queryProductList],
	["RegisterDevice", devices.registerDevice],
	["DeleteDevice", devices.deleteDevice],
	["DisableThing", devices.disableThing],
	["EnableThing", devices.enableThing],
	["QueryDeviceDetail", devices.queryDeviceDetail],
	["GetDeviceStatus", devices.getDeviceStatus],
	["BatchGetDeviceState", devices.batchGetDeviceState],
	["SaveDeviceProp", devices.saveDeviceProp],
	["QueryDeviceProp", devices.queryDeviceProp],
	["DeleteDeviceProp", devices.deleteDeviceProp],
	["QueryDevice", lists.queryDevice],
	["QueryDeviceByTags", lists.queryDeviceByTags],
	["QueryDeviceListByDeviceGroup", lists.queryDeviceListByDeviceGroup],
	["QueryDeviceGroupList", lists.queryDeviceGroupList],
	["CreateDeviceGroup", lists.createDeviceGroup],
	["BatchAddDeviceGroupRelations", lists.batchAddDeviceGroupRelations],
]);
