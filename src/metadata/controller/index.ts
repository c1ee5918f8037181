export type { ControllerApi, ControllerApis, ControllerReply, ControllerRequest } from './apis.ts';
