/** Whether text is `host:port` or `[v6 address]:port`. */
export function isHostAndPort(text: string): boolean {
  const match = /^(\[[0-9a-f:.%]+\]|[^:@/\s[\]]+):(\d{1,5})$/i.exec(text);
  return match !== null && Number(match[2]) <= 65535;
}
