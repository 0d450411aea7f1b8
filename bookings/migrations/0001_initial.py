import bookings.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboxFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, unique=True)),
                ('fingerprint', models.CharField(db_comment="Of inode, size and change time of the file and of its manifest.", max_length=64)),
                ('tried_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_collation='C', max_length=100, unique=True)),
            ],
            options={
                'verbose_name': 'service',
                'verbose_name_plural': 'services',
            },
        ),
        migrations.CreateModel(
            name='BookingEvent',
            fields=[
                ('booking_service', models.CharField(choices=[('e5489', 'e5489'), ('ex_yoyaku', 'EX-yoyaku'), ('smart_ex', 'Smart EX')], db_collation='C', max_length=10, verbose_name='booking service')),
                ('reservation_no', models.CharField(db_collation='C', max_length=40, verbose_name='reservation number')),
                ('item_no', models.PositiveSmallIntegerField(verbose_name='item number')),
                ('wester_id', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='WESTER ID')),
                ('ex_member_no', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='EX member number')),
                ('booked_at', models.DateTimeField(db_comment='The first booking operation.', verbose_name='booked at')),
                ('travel_date', models.DateField(db_comment='Boarding date of the first train, in Japan.', verbose_name='travel date')),
                ('journey', models.TextField(db_collation='C', db_comment='service:from>to, joined by |', verbose_name='journey')),
                ('sales_channel', models.CharField(choices=[('web', 'web page'), ('app', 'app'), ('counter', 'ticket office'), ('agency', 'travel agency')], max_length=10, verbose_name='sales channel')),
                ('product_kind', models.CharField(choices=[('standard', 'standard'), ('discount', 'discount'), ('rail_points', 'paid with points'), ('fare_only', 'fare only')], max_length=20, verbose_name='product')),
                ('ticketing', models.CharField(blank=True, choices=[('ticketless', 'ticketless'), ('paper', 'paper ticket')], db_comment='Null: not known, for version 1 of the feed does not have it.', max_length=10, null=True, verbose_name='ticketing')),
                ('payment_method', models.CharField(choices=[('registered_card', 'registered card'), ('other_card', 'another card'), ('convenience_store', 'convenience store'), ('bank', 'bank'), ('station', 'station'), ('points', 'points')], max_length=20, verbose_name='payment')),
                ('amount_yen', models.IntegerField(db_comment='What the item costs in total.', verbose_name='amount in yen')),
                ('event_id', bookings.models.fields.IdentifierKey(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('event_type', models.CharField(choices=[('booked', 'Booked'), ('used', 'Used'), ('changed', 'Changed'), ('cancelled', 'Cancelled'), ('refunded', 'Refunded'), ('stopover', 'Stopover')], max_length=10)),
                ('occurred_at', models.DateTimeField()),
                ('operated_via', models.CharField(choices=[('web', 'Web'), ('app', 'App'), ('phone', 'Phone'), ('counter', 'Counter'), ('gate', 'Gate'), ('system', 'System')], max_length=10)),
            ],
            options={
                'indexes': [models.Index(fields=['reservation_no', 'item_no', 'booking_service'], name='bookingevent_booking')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('booking_service', 'e5489'), ('ex_member_no__isnull', True)), models.Q(('booking_service__in', ['ex_yoyaku', 'smart_ex']), ('ex_member_no__isnull', False), ('wester_id__isnull', True)), _connector='OR'), name='bookingevent_holder_fits'), models.CheckConstraint(condition=models.Q(('item_no__range', (1, 99))), name='bookingevent_item_1_to_99'), models.CheckConstraint(condition=models.Q(('amount_yen__range', (0, 9999999))), name='bookingevent_amount_in_range'), models.CheckConstraint(condition=models.Q(('payment_method__in', ['registered_card', 'other_card', 'convenience_store', 'bank', 'station', 'points']), ('product_kind__in', ['standard', 'discount', 'rail_points', 'fare_only']), ('sales_channel__in', ['web', 'app', 'counter', 'agency']), models.Q(('ticketing__in', ['ticketless', 'paper']), ('ticketing__isnull', True), _connector='OR')), name='bookingevent_values_known'), models.CheckConstraint(condition=models.Q(('event_type__in', ['booked', 'used', 'changed', 'cancelled', 'refunded', 'stopover']), ('operated_via__in', ['web', 'app', 'phone', 'counter', 'gate', 'system'])), name='bookingevent_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='ErasedIdentifier',
            fields=[
                ('hash', models.CharField(db_collation='C', db_comment='Of bookings.erased.hash_identifier, lower-case hex.', max_length=64, primary_key=True, serialize=False)),
                ('case_no', models.BigIntegerField(db_comment='The number of the erasure: points_erasure.id.')),
                ('returned_at', models.DateTimeField(db_comment='When the person signed in again: later feed rows are applied.', null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('hash__regex', '^[0-9a-f]{64}$')), name='erasedidentifier_hash_is_hex')],
            },
        ),
        migrations.CreateModel(
            name='EventTicketing',
            fields=[
                ('event_id', bookings.models.fields.IdentifierKey(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('ticketing', models.CharField(choices=[('ticketless', 'ticketless'), ('paper', 'paper ticket')], max_length=10)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ticketing__in', ['ticketless', 'paper'])), name='eventticketing_known')],
            },
        ),
        migrations.CreateModel(
            name='ExRegistration',
            fields=[
                ('member_kind', models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=32)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('points_registered_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
                ('row_text', models.BinaryField(db_comment='The five fields unquoted in UTF-8, joined by 0x1F: decides a tie of updated_at.')),
                ('ex_member_no', bookings.models.fields.IdentifierKey(db_collation='C', max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                'indexes': [models.Index(fields=['wester_id'], name='exregistration_wester_id')],
                'constraints': [models.CheckConstraint(condition=models.Q(('member_kind__in', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card'])), name='exregistration_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='FeedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('feed', models.CharField(max_length=40, verbose_name='feed')),
                ('sha256', models.CharField(db_comment='Of the file as delivered, lower-case hex.', max_length=64, verbose_name='SHA-256')),
                ('status', models.CharField(choices=[('loaded', 'loaded'), ('refused', 'not taken')], max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, db_comment='Reason code of a refused file.', db_default='', max_length=40, verbose_name='reason')),
                ('detail', models.TextField(blank=True, db_comment='The same in a sentence.', db_default='', verbose_name='detail')),
                ('encoding', models.CharField(blank=True, db_comment='Of a loaded file, by its manifest.', db_default='', max_length=10, verbose_name='encoding')),
                ('version', models.PositiveSmallIntegerField(db_comment='Of a loaded file, by its manifest; 0 of a refused one.', db_default=0, verbose_name='version')),
                ('rows', models.BigIntegerField(db_default=0, verbose_name='rows')),
                ('applied', models.BigIntegerField(db_default=0, verbose_name='applied')),
                ('duplicates', models.BigIntegerField(db_default=0, verbose_name='duplicates')),
                ('quarantined', models.BigIntegerField(db_comment='At the time of loading; includes rows replayed since.', db_default=0, verbose_name='quarantined')),
                ('tried_at', models.DateTimeField(db_comment='When it was loaded, or last refused.', verbose_name='tried at')),
            ],
            options={
                'verbose_name': 'feed file',
                'verbose_name_plural': 'feed files',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('detail', ''), ('encoding__in', ['utf-8', 'cp932']), ('reason', ''), ('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('applied'), '+', models.F('duplicates')), '+', models.F('quarantined'))), ('status', 'loaded'), ('version__gte', 1)), models.Q(('applied', 0), ('duplicates', 0), ('encoding', ''), ('quarantined', 0), ('rows', 0), ('status', 'refused'), ('version', 0), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='feedfile_loaded_or_refused'), models.CheckConstraint(condition=models.Q(('applied__gte', 0), ('duplicates__gte', 0), ('quarantined__gte', 0), ('rows__gte', 0)), name='feedfile_counts_not_negative'), models.UniqueConstraint(condition=models.Q(('status', 'loaded')), fields=('sha256',), name='feedfile_content_loaded_once'), models.UniqueConstraint(condition=models.Q(('status', 'refused')), fields=('name', 'sha256'), name='feedfile_one_refusal_per_content')],
            },
        ),
        migrations.CreateModel(
            name='MemberMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', max_length=40, null=True)),
                ('ex_member_no', models.CharField(db_collation='C', max_length=40, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ex_member_no__isnull', True), ('wester_id__isnull', False)), models.Q(('ex_member_no__isnull', False), ('wester_id__isnull', True)), _connector='OR'), name='membermark_names_one_member')],
            },
        ),
        migrations.CreateModel(
            name='RegistrationRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_kind', models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=32)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('points_registered_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
                ('row_text', models.BinaryField(db_comment='The five fields unquoted in UTF-8, joined by 0x1F: decides a tie of updated_at.')),
                ('ex_member_no', models.CharField(db_collation='C', max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ex_member_no', 'member_kind', 'wester_id', 'points_registered_at', 'updated_at'), name='registrationrow_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booking_service', models.CharField(choices=[('e5489', 'e5489'), ('ex_yoyaku', 'EX-yoyaku'), ('smart_ex', 'Smart EX')], db_collation='C', max_length=10, verbose_name='booking service')),
                ('reservation_no', models.CharField(db_collation='C', max_length=40, verbose_name='reservation number')),
                ('item_no', models.PositiveSmallIntegerField(verbose_name='item number')),
                ('wester_id', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='WESTER ID')),
                ('ex_member_no', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='EX member number')),
                ('booked_at', models.DateTimeField(db_comment='The first booking operation.', verbose_name='booked at')),
                ('travel_date', models.DateField(db_comment='Boarding date of the first train, in Japan.', verbose_name='travel date')),
                ('journey', models.TextField(db_collation='C', db_comment='service:from>to, joined by |', verbose_name='journey')),
                ('sales_channel', models.CharField(choices=[('web', 'web page'), ('app', 'app'), ('counter', 'ticket office'), ('agency', 'travel agency')], max_length=10, verbose_name='sales channel')),
                ('product_kind', models.CharField(choices=[('standard', 'standard'), ('discount', 'discount'), ('rail_points', 'paid with points'), ('fare_only', 'fare only')], max_length=20, verbose_name='product')),
                ('ticketing', models.CharField(blank=True, choices=[('ticketless', 'ticketless'), ('paper', 'paper ticket')], db_comment='Null: not known, for version 1 of the feed does not have it.', max_length=10, null=True, verbose_name='ticketing')),
                ('payment_method', models.CharField(choices=[('registered_card', 'registered card'), ('other_card', 'another card'), ('convenience_store', 'convenience store'), ('bank', 'bank'), ('station', 'station'), ('points', 'points')], max_length=20, verbose_name='payment')),
                ('amount_yen', models.IntegerField(db_comment='What the item costs in total.', verbose_name='amount in yen')),
                ('operators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(db_collation='C', max_length=100), db_comment='Who runs the sections of the journey, sorted, each once.', size=None, verbose_name='operators')),
                ('sections', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(db_collation='C', max_length=201), db_comment='operator:line of the sections of the journey, sorted, each once; a line is the service that a leg names.', size=None, verbose_name='sections')),
                ('cancelled', models.BooleanField(db_default=False, verbose_name='cancelled')),
                ('refunded', models.BooleanField(db_default=False, verbose_name='refunded')),
                ('stopover', models.BooleanField(db_default=False, verbose_name='stopover')),
                ('used', models.BooleanField(db_default=False, verbose_name='used')),
                ('changed_by_phone', models.BooleanField(db_default=False, verbose_name='changed by phone')),
                ('purchase_known', models.BooleanField(db_comment='The values come from a booked, changed or used event; those outrank others.', verbose_name='purchase known')),
                ('latest_occurred_at', models.DateTimeField(verbose_name='latest event at')),
                ('latest_event_id', models.CharField(db_collation='C', max_length=40, verbose_name='latest event')),
                ('ticketing_at', models.DateTimeField(blank=True, null=True, verbose_name='ticketing known at')),
                ('ticketing_event_id', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='event with the ticketing')),
                ('registration', models.ForeignObject(from_fields=['ex_member_no'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='bookings', to='bookings.exregistration', to_fields=['ex_member_no'])),
            ],
            options={
                'verbose_name': 'booking',
                'verbose_name_plural': 'booked tickets',
                'indexes': [models.Index(condition=models.Q(('wester_id__isnull', False)), fields=['wester_id'], name='booking_wester_id'), models.Index(condition=models.Q(('ex_member_no__isnull', False)), fields=['ex_member_no'], name='booking_ex_member_no')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('booking_service', 'e5489'), ('ex_member_no__isnull', True)), models.Q(('booking_service__in', ['ex_yoyaku', 'smart_ex']), ('ex_member_no__isnull', False), ('wester_id__isnull', True)), _connector='OR'), name='booking_holder_fits'), models.CheckConstraint(condition=models.Q(('item_no__range', (1, 99))), name='booking_item_1_to_99'), models.CheckConstraint(condition=models.Q(('amount_yen__range', (0, 9999999))), name='booking_amount_in_range'), models.CheckConstraint(condition=models.Q(('payment_method__in', ['registered_card', 'other_card', 'convenience_store', 'bank', 'station', 'points']), ('product_kind__in', ['standard', 'discount', 'rail_points', 'fare_only']), ('sales_channel__in', ['web', 'app', 'counter', 'agency']), models.Q(('ticketing__in', ['ticketless', 'paper']), ('ticketing__isnull', True), _connector='OR')), name='booking_values_known'), models.CheckConstraint(condition=models.Q(models.Q(('ticketing__isnull', False), ('ticketing_at__isnull', False), ('ticketing_event_id__isnull', False)), models.Q(('ticketing__isnull', True), ('ticketing_at__isnull', True), ('ticketing_event_id__isnull', True)), _connector='OR'), name='booking_ticketing_of_an_event'), models.UniqueConstraint(fields=('reservation_no', 'item_no', 'booking_service'), name='booking_once')],
            },
        ),
        migrations.CreateModel(
            name='QuarantinedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.BigIntegerField(db_comment='1 is the first after the header.', verbose_name='row')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
                ('content', models.BinaryField(db_comment='The first 8,192 bytes as delivered.', verbose_name='content')),
                ('status', models.CharField(choices=[('open', 'waiting for a person'), ('replayed', 'replayed'), ('dismissed', 'dismissed')], db_default='open', max_length=9, verbose_name='state')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('settled_by', models.CharField(blank=True, db_comment='Name of the staff user, or empty.', db_default='', max_length=150, verbose_name='settled by')),
                ('note', models.TextField(blank=True, db_comment='Why it was dismissed.', db_default='', verbose_name='note')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quarantined_rows', to='bookings.feedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'quarantined row',
                'verbose_name_plural': 'quarantined rows',
                'permissions': [('dismiss_quarantinedrow', 'Can settle a row without applying it')],
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['id'], name='quarantinedrow_open')],
                'constraints': [models.UniqueConstraint(fields=('file', 'record'), name='quarantinedrow_one_per_record'), models.CheckConstraint(condition=models.Q(models.Q(('note', ''), ('settled_at__isnull', True), ('settled_by', ''), ('status', 'open')), models.Q(('settled_at__isnull', False), ('status', 'replayed')), models.Q(('settled_at__isnull', False), ('status', 'dismissed'), models.Q(('settled_by', ''), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='quarantinedrow_open_or_settled'), models.CheckConstraint(condition=models.Q(('record__gte', 1)), name='quarantinedrow_record_from_1')],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField(db_comment='Order inside the service, from 1.', verbose_name='order')),
                ('station', models.CharField(db_collation='C', max_length=100, verbose_name='station')),
                ('operator_to_next', models.CharField(db_collation='C', db_comment='Who runs the section to the next row; null on the last.', max_length=100, null=True, verbose_name='operator to the next place')),
                ('kind', models.CharField(choices=[('stop', 'stops here'), ('pass', 'passes')], max_length=4, verbose_name='kind')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='bookings.service')),
            ],
            options={
                'verbose_name': 'place of a service',
                'verbose_name_plural': 'places of a service',
                'constraints': [models.UniqueConstraint(fields=('service', 'seq'), name='stop_one_per_position'), models.UniqueConstraint(fields=('service', 'station'), name='stop_one_per_station'), models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='stop_seq_from_one'), models.CheckConstraint(condition=models.Q(('kind__in', ['stop', 'pass'])), name='stop_kind_is_stop_or_pass'), models.CheckConstraint(condition=models.Q(models.Q(('station', ''), _negated=True), models.Q(('operator_to_next', ''), _negated=True)), name='stop_names_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='FeedExpectation',
            fields=[
                ('feed', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='feed')),
                ('by_hour', models.SmallIntegerField(verbose_name='by what hour')),
                ('days_without', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, db_comment='1 is Monday, 7 is Sunday; with all seven no file is ever late.', default=list, size=None, verbose_name='weekdays that may lack one')),
            ],
            options={
                'permissions': [('change_feedexpectation', 'Can change when a feed is expected')],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('by_hour__range', (0, 23))), name='feedexpectation_hour_of_a_day'), models.CheckConstraint(condition=models.Q(('days_without__contained_by', [1, 2, 3, 4, 5, 6, 7])), name='feedexpectation_weekdays_from_1_to_7')],
            },
        ),
        # Nearly every booking is updated once or twice in its first weeks (used, cancelled). With room on
        # its page the new version stands beside the old one, and no index is written.
        migrations.RunSQL(
            'ALTER TABLE bookings_booking SET (fillfactor = 85)',
            'ALTER TABLE bookings_booking RESET (fillfactor)',
        ),
        load_sql('bookings', 'bookingevent_triggers', 'eventticketing_triggers', 'registrationrow_triggers', 'feed_expectations'),
    ]
