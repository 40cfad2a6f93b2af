// Items in IndexedDB, by id: what outlives the page.

/** `change` runs work on the items in one transaction; `erase` leaves no trace. */
export function databaseOf(name) {
  let opening;

  function open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('items', { keyPath: 'id' });
      request.onerror = reject;
      request.onsuccess = () => {
        const database = request.result;
        const close = () => {
          database.close();
          opening = undefined;
        };
        database.onclose = close;
        database.onversionchange = close; // another tab erases it
        resolve(database);
      };
    });
  }

  async function change(work, isAll) {
    const database = await (opening ??= open());
    return new Promise((resolve, reject) => {
      const transaction = database.transaction('items', 'readwrite');
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
      work(transaction.objectStore('items'));
      if (isAll) transaction.commit();
    });
  }

  function erase() {
    try {
      indexedDB.deleteDatabase(name);
    } catch {} // there is no IndexedDB
  }

  return { change, erase };
}
