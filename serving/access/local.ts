import type { FastifyRequest } from 'fastify';

const localHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a request comes from this machine and means this machine. A proxy on this machine speaks for others: its headers give it away.
 * The host is looked at because a page of another site can point a name of its own at 127.0.0.1.
 */
export function isLocal({ ip, host, headers, raw }: FastifyRequest): boolean {
  if (!isLoopback(ip) || !isLoopback(raw.socket.remoteAddress ?? '')) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  return localHost.test(host);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
