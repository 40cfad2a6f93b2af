-- The events one by one, with all that is known of each, and what follows when one is deleted.

CREATE VIEW IF NOT EXISTS events AS
SELECT
    e.id AS rowid,
    b.application_id,
    b.endpoint_id,
    e.event_id,
    json_extract(e.event, '$.EventType') AS event_type,
    e.event_timestamp,
    b.arrival_timestamp,
    json_extract(e.event, '$.AppPackageName') AS app_package_name,
    json_extract(e.event, '$.AppTitle') AS app_title,
    json_extract(e.event, '$.AppVersionCode') AS app_version_code,
    json_extract(e.event, '$.ClientSdkVersion') AS client_sdk_version,
    json_extract(e.event, '$.SdkName') AS sdk_name,
    coalesce(json_extract(e.event, '$.Attributes'), '{}') AS attributes,
    coalesce(json_extract(e.event, '$.Metrics'), '{}') AS metrics,
    coalesce(json_extract(e.event, '$.Session'), '{}') AS session,
    e.event,
    b.request_id,
    -- JSON of putevents.wire.event_record: a row of raw_events. json_patch leaves out what is null.
    CASE WHEN s.members IS NOT NULL THEN
        json_object(
            'event_type', json_extract(e.event, '$.EventType'),
            'event_timestamp', e.event_timestamp,
            'arrival_timestamp', b.arrival_timestamp,
            'event_version', '3.0',
            'event_id', e.event_id,
            'request_id', b.request_id,
            'application', json_patch('{}', json_object(
                'app_id', b.application_id,
                'sdk', json_object(
                    'name', json_extract(e.event, '$.SdkName'),
                    'version', json_extract(e.event, '$.ClientSdkVersion')
                ),
                'package_name', json_extract(e.event, '$.AppPackageName'),
                'title', json_extract(e.event, '$.AppTitle'),
                'version_name', json_extract(s.members, '$.endpoint.demographic.appversion'),
                'version_code', json_extract(e.event, '$.AppVersionCode')
            )),
            'session', json_patch('{}', json_object(
                'session_id', json_extract(e.event, '$.Session.Id'),
                'start_timestamp', e.session_start,
                'stop_timestamp', e.session_stop,
                'duration', json_extract(e.event, '$.Session.Duration')
            )),
            'attributes', json(coalesce(json_extract(e.event, '$.Attributes'), '{}')),
            'metrics', json(coalesce(json_extract(e.event, '$.Metrics'), '{}')),
            'client', json_extract(s.members, '$.client'),
            'device', json_extract(s.members, '$.device'),
            'endpoint', json_patch(json_extract(s.members, '$.endpoint'), json_object(
                'effectivedate', b.effective_date,
                'requestid', iif(b.updated_by = '', b.request_id, b.updated_by)
            ))
        )
    END AS record
FROM batch_events AS e
JOIN batches AS b ON b.id = e.batch
LEFT JOIN endpoint_snapshots AS s ON s.id = b.snapshot;

CREATE TRIGGER IF NOT EXISTS delete_from_view INSTEAD OF DELETE ON events BEGIN
    DELETE FROM batch_events WHERE id = OLD.rowid;
END;

-- Nothing of an event stays that no other event needs.
CREATE TRIGGER IF NOT EXISTS event_deleted AFTER DELETE ON batch_events BEGIN
    INSERT INTO changes (event) VALUES (OLD.id);
    DELETE FROM batches WHERE id = OLD.batch
        AND NOT EXISTS (SELECT 1 FROM batch_events WHERE batch = OLD.batch);
END;
CREATE TRIGGER IF NOT EXISTS batch_deleted AFTER DELETE ON batches BEGIN
    INSERT INTO changes (event) SELECT id FROM batch_events WHERE batch = OLD.id;
    DELETE FROM endpoint_snapshots WHERE id = OLD.snapshot
        AND NOT EXISTS (SELECT 1 FROM batches WHERE snapshot = OLD.snapshot);
END;

CREATE TRIGGER IF NOT EXISTS event_updated AFTER UPDATE ON batch_events BEGIN
    INSERT INTO changes (event) VALUES (OLD.id), (NEW.id);
END;
CREATE TRIGGER IF NOT EXISTS batch_updated AFTER UPDATE ON batches BEGIN
    INSERT INTO changes (event) SELECT id FROM batch_events WHERE batch IN (OLD.id, NEW.id);
END;
CREATE TRIGGER IF NOT EXISTS snapshot_updated AFTER UPDATE ON endpoint_snapshots BEGIN
    INSERT INTO changes (event) SELECT e.id FROM batch_events AS e JOIN batches AS b
        ON b.id = e.batch WHERE b.snapshot = OLD.id;
END;

CREATE TRIGGER IF NOT EXISTS rejected_deleted AFTER DELETE ON rejected_events BEGIN
    INSERT INTO changes (event) VALUES (NULL);
END;
CREATE TRIGGER IF NOT EXISTS rejected_updated AFTER UPDATE ON rejected_events BEGIN
    INSERT INTO changes (event) VALUES (NULL);
END;
