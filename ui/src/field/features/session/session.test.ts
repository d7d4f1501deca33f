import { describe, expect, it } from 'vitest';
import { fakeBackend, lockedStatus } from '$shared/backend/fake/index';
import { isWeakPin, normaliseServer, parseEnrolLink } from './enrolment';
import { SessionStore } from './session.svelte';

describe('what is typed, pasted or scanned to enrol', () => {
  it.each([
    ['davy://enrol?server=https%3A%2F%2Fd.example&code=ABCD-EFGH', { server: 'https://d.example', code: 'ABCD-EFGH' }],
    [' DAVY://ENROL/?code=X&server=http://127.0.0.1:8080 ', { server: 'http://127.0.0.1:8080', code: 'X' }],
    ['davy://enrol?code=X', null],
    ['https://d.example/enrol?code=X', null],
    ['ABCD-EFGH', null],
    ['', null],
  ])('%s', (text, target) => {
    expect(parseEnrolLink(text)).toEqual(target);
  });

  it.each([
    ['davy.example.org', 'https://davy.example.org'],
    ['davy.example.org:8443/', 'https://davy.example.org:8443'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['localhost:8080', 'http://localhost:8080'],
    ['http://10.0.0.2:8080', 'http://10.0.0.2:8080'],
    ['', null],
    ['http://', null],
  ])('the address %s is %s', (typed, address) => {
    expect(normaliseServer(typed)).toBe(address);
  });

  it.each([
    ['111111', true],
    ['123456', true],
    ['987654', true],
    ['112233', false],
    ['280417', false],
  ])('the PIN %s is weak: %s', (pin, weak) => {
    expect(isWeakPin(pin)).toBe(weak);
  });
});

describe('the session', () => {
  it('says that a code was mistyped before a PIN is chosen for it', async () => {
    const session = new SessionStore(fakeBackend({ scene: 'enrol' }));
    expect(await session.checkCode({ server: 'https://d.example', code: 'MISTYPED' })).toBe(false);
    expect(session.error?.code).toBe('code_malformed');
    expect(await session.checkCode({ server: 'https://d.example', code: '0000-0000-0000' })).toBe(true);
    expect(session.error).toBeNull();
  });

  it('opens with the PIN', async () => {
    const session = new SessionStore(fakeBackend({ scene: 'locked' }));
    await session.load();
    expect(session.status?.stage).toBe('locked');
    expect(await session.unlock('280417')).toBe(true);
    expect(session.status?.stage).toBe('unlocked');
  });

  it('after a wrong PIN says so and knows how long to wait', async () => {
    const backend = fakeBackend({ scene: 'locked' });
    const session = new SessionStore(backend);
    await session.load();
    backend.state.status = lockedStatus(30, 3);
    expect(await session.unlock('000000')).toBe(false);
    expect(session.error?.code).toBe('wrong_pin');
    expect(session.error?.waitSeconds).toBe(30);
    expect(session.status).toMatchObject({ stage: 'locked', wait_seconds: 30, failed_attempts: 3 });
  });

  it('says why a code is refused and stays not enrolled', async () => {
    const session = new SessionStore(fakeBackend({ scene: 'enrol' }));
    await session.load();
    expect(await session.enrol({ server: 'https://d', code: 'EXPIRED', pin: '280417', device_name: 'x' })).toBe(false);
    expect(session.error?.code).toBe('code_expired');
    expect(session.status?.stage).toBe('not_enrolled');
  });
});
