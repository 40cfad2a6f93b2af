-- Each event once, in the shape that Athena's tables over Pinpoint's own event stream had. Copies are
-- told apart within a day of arrival, so that a query which names `ingest_timestamp` reads those days.
SELECT
    event_type, event_timestamp, arrival_timestamp, event_version,
    CAST(
        ROW(
            application.app_id, application.cognito_identity_pool_id, application.package_name,
            MAP(ARRAY['name', 'version'], ARRAY[application.sdk.name, application.sdk.version]),
            application.title, application.version_name, application.version_code
        ) AS ROW(
            app_id varchar, cognito_identity_pool_id varchar, package_name varchar,
            sdk map(varchar, varchar), title varchar, version_name varchar, version_code varchar
        )
    ) AS application,
    client,
    CAST(
        ROW(
            device.locale, device.make, device.model,
            MAP(ARRAY['name', 'version'], ARRAY[device.platform.name, device.platform.version])
        ) AS ROW(
            locale ROW(code varchar, country varchar, language varchar), make varchar,
            model varchar, platform map(varchar, varchar)
        )
    ) AS device,
    MAP(
        ARRAY['session_id', 'start_timestamp', 'stop_timestamp', 'duration'],
        ARRAY[
            session.session_id, CAST(session.start_timestamp AS varchar),
            CAST(session.stop_timestamp AS varchar), CAST(session.duration AS varchar)
        ]
    ) AS session,
    attributes, metrics, endpoint,
    CAST(NULL AS ROW(custom map(varchar, varchar))) AS client_context,
    CAST(NULL AS varchar) AS awsaccountid,
    CAST(
        NULL AS ROW(
            email_channel ROW(
                mail_event ROW(
                    mail ROW(
                        message_id varchar, message_send_timestamp bigint, from_address varchar,
                        destination array(varchar)
                    )
                )
            )
        )
    ) AS facets,
    event_id, application_id,
    CAST(day AS timestamp(3)) AS ingest_timestamp
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY
                application_id, day, client.client_id, event_id, event_timestamp, event_type
            ORDER BY arrival_timestamp, request_id
        ) AS copy_number
    FROM raw_events
)
WHERE copy_number = 1
