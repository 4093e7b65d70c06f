// What the phone keeps: its pass and route, what it has to say, photos. All in one IndexedDB of this site.

const NAME = "sunra-duty", VERSION = 1;
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("queue", { autoIncrement: true });
      asked.result.createObjectStore("photos");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

/** Runs `act(store)` in a transaction that is on the disk when the promise is fulfilled. */
async function within(name, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const asked = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (key) => within("kept", "readonly", (store) => store.get(key));
export const put = (key, value) => within("kept", "readwrite", (store) => store.put(value, key));
export const queued = () => within("queue", "readonly", (store) => store.count());
export const push = (event) => within("queue", "readwrite", (store) => store.add(event));
export const keepPhoto = (id, blob) => within("photos", "readwrite", (store) => store.put(blob, id));
export const dropPhoto = (id) => within("photos", "readwrite", (store) => store.delete(id));
export const photoIds = () => within("photos", "readonly", (store) => store.getAllKeys());
export const photo = (id) => within("photos", "readonly", (store) => store.get(id));

/** The oldest `most` events with their keys, oldest first. */
export async function oldest(most) {
  const keys = await within("queue", "readonly", (store) => store.getAllKeys(null, most));
  const values = await within("queue", "readonly", (store) => store.getAll(null, most));
  return keys.map((key, place) => ({ key, event: values[place] }));
}

export async function drop(keys) {
  await within("queue", "readwrite", (store) => { for (const key of keys) store.delete(key); });
}

/** Everything of this shift is forgotten. */
export async function clear() {
  for (const name of ["kept", "queue", "photos"]) await within(name, "readwrite", (store) => store.clear());
}
