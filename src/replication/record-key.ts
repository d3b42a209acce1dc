import type { Service } from '../service/service.js';

/** `(hostname, id)` as one text; neither may hold a space. */
export const recordKey = ({ hostname, id }: Pick<Service, 'hostname' | 'id'>): string => `${hostname} ${id}`;
